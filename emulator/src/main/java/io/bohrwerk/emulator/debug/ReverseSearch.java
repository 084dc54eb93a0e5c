package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds where execution, going backwards, meets a breakpoint or watchpoint first: by going forward through one stretch after the other,
 * from the nearest to the farthest, and taking the last hit of the first stretch that has one.
 */
final class ReverseSearch {
    /** The nearest stretch, in instructions. Each farther one is so many times as long, so that few are needed to the start. */
    private static final long NEAREST = 50_000;

    private static final int GROWTH = 16;
    /** So many stops at one instruction are a defect of QEMU's, not something that the guest does. */
    private static final int STOPS_AT_ONE_PLACE = 16;

    private final Timeline timeline;
    private final Breakpoints points;

    ReverseSearch(Timeline timeline, Breakpoints points) {
        this.timeline = timeline;
        this.points = points;
    }

    /**
     * A place to stop at.
     *
     * @param icount for a breakpoint: before the instruction there; for a watchpoint: before the instruction that made the access
     * @param pc of a breakpoint
     * @param watch of a watchpoint, as {@link Stop#watch}; else empty
     */
    record Hit(long icount, long pc, String watch) {}

    /** The last place before an instruction. */
    Optional<Hit> lastBefore(long icount, Budget budget) throws InfrastructureException {
        long to = icount;
        long length = NEAREST;
        while (to > timeline.first()) {
            long from = Math.max(timeline.first(), to - length);
            Hit hit = lastIn(from, to, budget);
            if (hit != null) {
                return Optional.of(hit);
            }
            to = from;
            length *= GROWTH;
        }
        return Optional.empty();
    }

    /** The last hit at {@code from} or later, and before {@code to}. */
    private @Nullable Hit lastIn(long from, long to, Budget budget) throws InfrastructureException {
        // The instruction that begins before 'to' and ends there may make the access.
        long until = Math.min(to + 1, timeline.last());
        Hit last = null;
        Replay replay = timeline.land(from, budget);
        try {
            long pc = replay.pc(budget);
            if (points.breaksAt(pc)) {
                last = new Hit(from, pc, "");
            }
            insert(replay, true, budget);
            long at = from;
            int stops = 0;
            while (at < until) {
                budget.check("the search");
                Stop stop;
                if (points.breaksAt(pc)) {
                    stop = replay.step(budget);
                } else {
                    insert(replay, false, budget);
                    stop = replay.run(until, budget);
                    remove(replay, budget);
                }
                stops = stop.icount() == at ? stops + 1 : 0;
                if (stops > STOPS_AT_ONE_PLACE) {
                    throw new InfrastructureException(
                            InfrastructureTrouble.EMULATOR_DIED,
                            "the emulator does not get past instruction " + at + " with these breakpoints");
                }
                at = stop.icount();
                pc = stop.pc();
                if (stop.atWatchpoint() && at - 1 < to) {
                    last = new Hit(Math.max(at - 1, from), pc, stop.watch());
                } else if (!stop.atWatchpoint() && points.breaksAt(pc) && at < to) {
                    last = new Hit(at, pc, "");
                }
                if (stop.atWatchpoint() && replay.guestWatches(stop)) {
                    replay.close();
                    replay = timeline.land(at, budget);
                    pc = replay.pc(budget);
                    insert(replay, true, budget);
                }
            }
            return last;
        } finally {
            replay.close();
        }
    }

    private void insert(Replay replay, boolean watchpoints, Budget budget) throws InfrastructureException {
        if (!replay.insert(
                points.all().stream()
                        .filter(point -> point.watches() == watchpoints)
                        .toList(),
                budget)) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED, "the emulator does not take a breakpoint that it took before");
        }
    }

    /** To step off a breakpoint it must not be there. Watchpoints stay. */
    private void remove(Replay replay, Budget budget) throws InfrastructureException {
        replay.remove(points.all().stream().filter(point -> !point.watches()).toList(), budget);
    }
}
