package io.bohrwerk.bench;

import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The observer effect: how often the demo bug strikes with and without a print before it. With random phases; without delays, where the
 * test's own length decides at which phase the timer strikes; and in plain TCG, where nothing is counted.
 */
final class PrintBench implements Bench {
    private static final int SHIFT = 4;
    private static final int FREE_ITERATIONS = 200_000;
    private static final int FIXED_ITERATIONS = 400_000;
    /** Enough for an interval of about a factor of 1.5 to either side. */
    private static final int FAILURES = 25;
    /** Where the bug is gone, this is where we stop looking: 25 times the demo's rate. */
    private static final long MOST_ITERATIONS = 1_500_000;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        for (BundledTarget target : List.of(BundledTarget.RACE, BundledTarget.RACE_PRINT)) {
            String name = target == BundledTarget.RACE ? "print.without" : "print.with";
            Rig rig = Rig.of(place.emulator(), target.writeTo(place.directory()));
            random(rig, name + ".random", sink);
            fixed(rig, name + ".fixed", sink);
            BatchRun free = rig.run(rig.batch(Schedule.fixed(SHIFT, 0), FREE_ITERATIONS), RunMode.FREE);
            tell(name + ".plain-tcg", free.outcome() == Outcome.PASSED ? 0 : 1, free.iterations(), sink);
        }
    }

    private static void random(Rig rig, String name, Measurement.Sink sink) throws Exception {
        AtomicLong seeds = new AtomicLong();
        AtomicLong iterations = new AtomicLong();
        AtomicLong failures = new AtomicLong();
        Rig.onEveryCore(() -> {
            while (failures.get() < FAILURES && iterations.get() < MOST_ITERATIONS) {
                BatchRun run = rig.run(rig.random(SHIFT, seeds.incrementAndGet()), RunMode.RECORDED);
                iterations.addAndGet(run.iterations());
                failures.addAndGet(run.outcome() == Outcome.PASSED ? 0 : 1);
            }
        });
        tell(name, failures.get(), iterations.get(), sink);
    }

    /** One batch, which ends at its first failure. There is but one run without delays: any other would be the same, so it has no rate. */
    private static void fixed(Rig rig, String name, Measurement.Sink sink) throws Exception {
        BatchRun run = rig.run(rig.batch(Schedule.fixed(SHIFT, 0), FIXED_ITERATIONS), RunMode.RECORDED);
        sink.accept(Measurement.of(
                name + (run.outcome() == Outcome.PASSED ? ".no-failure-in" : ".first-failure"),
                run.iterations(),
                "iterations"));
    }

    private static void tell(String name, long failures, long iterations, Measurement.Sink sink) {
        FailureRate rate = FailureRate.of(failures, iterations);
        sink.accept(Measurement.of(name + ".iterations", iterations, ""));
        sink.accept(Measurement.of(name + ".failures", failures, ""));
        sink.accept(Measurement.of(name + ".rate", rate.perIteration() * 1e6, "per million"));
        sink.accept(Measurement.of(name + ".rate-low", rate.low() * 1e6, "per million (95 %)"));
        sink.accept(Measurement.of(name + ".rate-high", rate.high() * 1e6, "per million (95 %)"));
    }
}
