package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.debug.ReverseSearch.Hit;
import java.util.Optional;

/**
 * The ways to move: one instruction or on and on, forwards or backwards, or to a given place. Each ends somewhere on the timeline, or
 * throws and leaves the position as it was.
 */
final class Travel {
    private static final int ENTRIES_AT_ONE_COUNT = 4;

    private final Timeline timeline;
    private final Breakpoints points;
    /** The user's position, also when the emulator that showed it is gone. */
    private long icount;
    /** Whether an interrupt may have been entered here since the instruction before: that takes a step, and no count. */
    private boolean mayBeEntered;

    Travel(Timeline timeline, Breakpoints points) {
        this.timeline = timeline;
        this.points = points;
        this.icount = timeline.failure().failing();
    }

    /** Why it stopped, in gdb's words: {@code swbreak:;}, {@code watch:ADDRESS;}, {@code replaylog:begin;} or the like. */
    record Arrival(boolean interrupted, String reason) {
        static final Arrival STEPPED = new Arrival(false, "");
        static final Arrival INTERRUPTED = new Arrival(true, "");
        static final Arrival BEGIN = new Arrival(false, "replaylog:begin;");
        static final Arrival END = new Arrival(false, "replaylog:end;");
    }

    long icount() {
        return icount;
    }

    /** Goes to an instruction count between the first and the last. */
    void goTo(long destination, Budget budget) throws InfrastructureException {
        timeline.goTo(destination, budget);
        arrive(destination, false);
    }

    /** Shows the position again, with a fresh emulator. */
    void restore(Budget budget) throws InfrastructureException {
        goTo(icount, budget);
    }

    private void arrive(long at, boolean entered) {
        icount = at;
        mayBeEntered = entered;
    }

    Arrival step(Budget budget) throws InfrastructureException {
        if (icount >= timeline.last()) {
            return Arrival.END;
        }
        Replay replay = timeline.current();
        replay.insert(points.all(), budget);
        Stop stop = replay.step(budget);
        replay.remove(points.all(), budget);
        return arriveForward(stop, stop.icount() == icount, budget);
    }

    Arrival run(Budget budget) throws InfrastructureException {
        if (icount >= timeline.last()) {
            return Arrival.END;
        }
        Replay replay = timeline.current();
        replay.insert(points.all(), budget);
        Stop stop = replay.run(timeline.last(), budget);
        replay.remove(points.all(), budget);
        Arrival arrival = arriveForward(stop, true, budget);
        if (!arrival.reason().isEmpty()) {
            return arrival;
        }
        return stop.icount() >= timeline.last() ? Arrival.END : Arrival.INTERRUPTED;
    }

    private Arrival arriveForward(Stop stop, boolean entered, Budget budget) throws InfrastructureException {
        arrive(stop.icount(), entered);
        if (!stop.atWatchpoint()) {
            return new Arrival(false, points.reasonAt(stop.pc()));
        }
        if (timeline.current().guestWatches(stop)) {
            timeline.goTo(stop.icount(), budget);
        }
        return new Arrival(false, stop.watch());
    }

    /** One instruction back; from where an interrupt was entered, to where it was not yet. */
    Arrival stepBack(Budget budget) throws InfrastructureException {
        if (mayBeEntered) {
            long pc = timeline.current().pc(budget);
            Replay replay = timeline.land(icount, budget);
            timeline.take(replay);
            mayBeEntered = false;
            if (replay.pc(budget) != pc) {
                return Arrival.STEPPED;
            }
        }
        if (icount <= timeline.first()) {
            return Arrival.BEGIN;
        }
        goTo(icount - 1, budget);
        return Arrival.STEPPED;
    }

    /** Back to the last place where a breakpoint or watchpoint is met, else to the start. */
    Arrival runBack(Budget budget) throws InfrastructureException {
        Optional<Hit> hit =
                points.isEmpty() ? Optional.empty() : new ReverseSearch(timeline, points).lastBefore(icount, budget);
        if (hit.isEmpty()) {
            goTo(timeline.first(), budget);
            return Arrival.BEGIN;
        }
        Hit place = hit.get();
        goTo(place.icount(), budget);
        if (!place.watch().isEmpty()) {
            return new Arrival(false, place.watch());
        }
        Replay replay = timeline.current();
        long pc = replay.pc(budget);
        for (int i = 0; pc != place.pc() && i < ENTRIES_AT_ONE_COUNT; i++) {
            pc = replay.step(budget).pc();
            arrive(place.icount(), true);
        }
        return new Arrival(false, points.reasonAt(place.pc()));
    }
}
