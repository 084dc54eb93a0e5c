package io.bohrwerk.bench;

import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How many iterations a strategy with a seed takes to its first failure, as the median over seeds: run, or drawn from the counted truth
 * where running would take too long.
 *
 * @param iterations median
 * @param ran whether it was run
 * @param seconds of one core to the first failure: of a run its own, else by what an iteration costs
 */
record FirstFailure(double iterations, boolean ran, double seconds) {
    /** A run that has not failed by then counts as failing there: thirty times the mean happens once in 10^13. */
    private static final int LONGEST_IN_MEANS = 30;

    /** What a strategy chooses. */
    @FunctionalInterface
    interface Choice {
        /** @param seed of the batch, from 1 */
        Schedule schedule(long seed);
    }

    /** Runs batches until one fails, for each seed. */
    static FirstFailure run(Rig rig, Choice choice, double rate, int seeds)
            throws InfrastructureException, IOException {
        List<Double> iterations = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        int size = (int) Math.min(rig.manifest().test().iterationsPerBatch(), Math.max(200, 2 / rate));
        for (int seed = 1; seed <= seeds; seed++) {
            long count = 0;
            long began = System.nanoTime();
            boolean failed = false;
            for (long batch = 1; !failed && count < LONGEST_IN_MEANS / rate; batch++) {
                Schedule schedule = choice.schedule(seedOf(seed, batch));
                BatchRun run = rig.run(rig.batch(schedule, size), RunMode.RECORDED);
                count += run.iterations();
                failed = run.outcome() != Outcome.PASSED;
            }
            iterations.add((double) count);
            seconds.add((System.nanoTime() - began) / 1e9);
        }
        return new FirstFailure(Bench.median(iterations), true, Bench.median(seconds));
    }

    /**
     * Draws them: a batch's iterations fail independently, each with its arm's rate.
     *
     * @param rates of the arms, of which each batch takes one
     * @param secondsPerIteration measured
     */
    static FirstFailure draw(double[] rates, int batchSize, double secondsPerIteration, int seeds) {
        List<Double> iterations = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double count = 0;
            while (true) {
                double rate = rates[random.nextInt(rates.length)];
                double failsAt = rate == 0
                        ? Double.POSITIVE_INFINITY
                        : Math.floor(Math.log1p(-random.nextDouble()) / Math.log1p(-rate)) + 1;
                if (failsAt <= batchSize) {
                    count += failsAt;
                    break;
                }
                count += batchSize;
            }
            iterations.add(count);
        }
        double median = Bench.median(iterations);
        return new FirstFailure(median, false, median * secondsPerIteration);
    }

    static long seedOf(long seed, long batch) {
        return (Delays.splitmix64(seed << 32 | batch) >>> 11) | 1;
    }

    double perHour() {
        return 3600 / seconds;
    }
}
