package io.bohrwerk.emulator.trace;

import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts, in a batch that is executed instruction by instruction, how far behind each delay the first tick lands. Unlike {@link TickWatch} it
 * needs not know what else the timer interrupts, which in a guest with processes is much.
 */
public final class LandingTracer implements TraceLog.Events {
    private static final int FIRST_INTERRUPT = 32;
    private static final int LONGEST_HANDLER = 20_000;
    private static final int TRIED_AGAIN = 0x11_0000;

    private final int delays;
    private final DelayFinder finder;
    /** By vector, for each delay. */
    private final Map<Integer, List<@Nullable Long>> landings = new HashMap<>();

    private long logged;
    private boolean complete;
    private long lastPc;
    private long offset;
    private long returnPc;
    private int returnCpl;
    /** Above 0 while in a handler: after so many instructions it has switched to another thread. */
    private int handlerLeft;

    /** @param schedule lists its delays, each of {@value DelayFinder#SHORTEST} instructions at least */
    public LandingTracer(Schedule schedule) {
        delays = schedule.delays().size();
        finder = new DelayFinder(schedule);
    }

    /** Whether the tracer sees delays of this length. */
    public static boolean sees(long delay) {
        return delay >= DelayFinder.SHORTEST;
    }

    @Override
    public boolean enough() {
        return complete || logged >= IterationTracer.MOST_INSTRUCTIONS;
    }

    @Override
    public void executed(long pc, int cpl, boolean blind, int cflags, TraceLog.Symbol symbol) {
        logged++;
        if (pc == lastPc && (cflags & TRIED_AGAIN) != 0) {
            return;
        }
        lastPc = pc;
        if (handlerLeft > 0 && !(pc == returnPc && cpl == returnCpl)) {
            handlerLeft--;
            return;
        }
        handlerLeft = 0;
        if (finder.endedBefore(pc)) {
            offset = 0;
        }
        offset++;
    }

    @Override
    public void interrupted(int vector, boolean software, int cpl, long pc) {
        if (software || vector < FIRST_INTERRUPT || handlerLeft > 0) {
            return;
        }
        handlerLeft = LONGEST_HANDLER;
        returnPc = pc;
        returnCpl = cpl;
        List<@Nullable Long> seen = landings.computeIfAbsent(vector, v -> new ArrayList<>());
        while (seen.size() < finder.ended()) {
            seen.add(seen.size() == finder.ended() - 1 ? offset : null);
            complete = seen.size() == delays;
        }
    }

    /**
     * For each delay, in their order, the offset of the first tick behind it, as {@link io.bohrwerk.protocol.traced.TestTrace} counts
     * offsets; null where none was seen before the next delay. As many as were executed within {@value IterationTracer#MOST_INSTRUCTIONS}
     * instructions of log.
     */
    public List<@Nullable Long> landings() {
        return landings.values().stream().max((a, b) -> Long.compare(known(a), known(b))).orElse(List.of()).stream()
                .limit(delays)
                .toList();
    }

    private static long known(List<@Nullable Long> landings) {
        return landings.stream().filter(each -> each != null).count();
    }
}
