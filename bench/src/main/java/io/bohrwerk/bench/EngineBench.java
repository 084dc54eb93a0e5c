package io.bohrwerk.bench;

import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.RunMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How fast one machine goes through iterations of the demo target, recorded. */
final class EngineBench implements Bench {
    private static final Duration LENGTH = Duration.ofSeconds(20);
    private static final int SHIFT = 4;
    private static final double GOAL_ITERATIONS_PER_SECOND = 5000;
    private static final double GOAL_MILLIS_TO_FIRST = 1000;
    private static final int STARTS = 51;
    private static final double GOAL_MILLIS_CONFINED = 30;

    @Override
    public void run(Bench.Place place, Measurement.Sink sink) throws Exception {
        Rig rig = Rig.of(place.emulator(), BundledTarget.RACE.writeTo(place.directory()));
        long iterations = 0;
        long nanos = 0;
        List<Double> toFirst = new ArrayList<>();
        for (long seed = 1; nanos < LENGTH.toNanos(); seed++) {
            BatchRun run = rig.run(rig.random(SHIFT, seed), RunMode.RECORDED);
            iterations += run.iterations();
            nanos += run.running().toNanos();
            toFirst.add(run.toFirstIteration().toNanos() / 1e6);
        }
        sink.accept(Measurement.atLeast(
                "engine.recorded-iterations", iterations / (nanos / 1e9), "1/s per core", GOAL_ITERATIONS_PER_SECOND));
        sink.accept(Measurement.atMost("engine.to-first-iteration", Bench.median(toFirst), "ms", GOAL_MILLIS_TO_FIRST));
        sink.accept(Measurement.atMost(
                "engine.confinement-per-start",
                place.emulator().confinementMillis(STARTS),
                "ms",
                GOAL_MILLIS_CONFINED));
    }
}
