package io.bohrwerk.bench;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.TestTrace;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How often a race fails, by counting: each phase of the timer that lets a tick land in the test is run once. With all other phases no
 * interrupt comes into the test, and it is the same each time.
 *
 * @param failing phases
 * @param tried phases that were run
 * @param period instructions between ticks
 */
record Truth(long failing, long tried, long period) {
    /** On both sides: the period is known to some instructions only, and the timer's handler takes now more, now fewer. */
    private static final int MARGIN = 128;
    /** Instructions to both sides of a failing place; races that are known to be wider are not to be counted this way. */
    private static final int STRETCH = 400;

    /** Failures per iteration under random phases. */
    double rate() {
        return (double) failing / period;
    }

    /** Failures per iteration when the tick always lands in the test. */
    double alignedRate() {
        return (double) failing / tried;
    }

    /**
     * @param trace of the test at any shift: the instructions are the same
     * @param period instructions between ticks at this shift
     */
    static Truth of(Rig rig, int shift, TestTrace trace, long period) throws InfrastructureException, IOException {
        long last = Math.max(0, period - trace.lead() + MARGIN);
        return count(rig, shift, Math.max(0, last - Math.min(trace.length() + 2L * MARGIN, period)), last, period);
    }

    /**
     * The same, of a race that is open at one stretch of the test, where an iteration failed: all else need not be run.
     *
     * @param failing a delay before an iteration that failed
     */
    static Truth around(Rig rig, int shift, long failing, long period) throws InfrastructureException, IOException {
        return count(rig, shift, Math.max(0, failing - STRETCH), failing + STRETCH, period);
    }

    private static Truth count(Rig rig, int shift, long first, long last, long period)
            throws InfrastructureException, IOException {
        long failing = 0;
        for (long from = first; from < last; from += Schedule.MOST_DELAYS) {
            List<Long> delays = LongStream.range(from, Math.min(last, from + Schedule.MOST_DELAYS))
                    .boxed()
                    .toList();
            Schedule schedule = Schedule.listed(shift, delays, Align.TICK);
            Batch batch = new Batch(schedule, delays.size(), delays.size(), true);
            List<?>[] found = new List<?>[1];
            rig.with(shift, (machine, ready) -> found[0] = machine.sweep(ready, batch));
            failing += found[0].size();
        }
        return new Truth(failing, last - first, period);
    }
}
