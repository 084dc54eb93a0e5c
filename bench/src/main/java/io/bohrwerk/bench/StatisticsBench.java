package io.bohrwerk.bench;

import io.bohrwerk.api.statistics.CleanRun;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.statistics.RateBelow;
import io.bohrwerk.api.strategy.AdaptiveStrategy;
import io.bohrwerk.api.strategy.Arm;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Progress;
import io.bohrwerk.api.strategy.RandomStrategy;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.strategy.SweepStrategy;
import io.bohrwerk.protocol.VirtualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * What Bohrwerk says about rates, held against simulated jobs whose rates are known; and what its strategies cost. Every draw follows from
 * fixed seeds, so all figures but the times are the same in each run.
 */
final class StatisticsBench implements Bench {
    private static final int JOBS = 10_000;
    /** Where the expected figure is the goal itself, so many jobs make chance small. */
    private static final int MANY_JOBS = 100_000;

    private static final double ERROR = 0.05;
    /** Three standard deviations of a share of 5 % in {@link #MANY_JOBS}. */
    private static final double CHANCE = 0.0021;

    private static final int BATCH = 500;
    private static final int MACHINES = 8;
    private static final VirtualTime PERIOD = VirtualTime.parse("1ms");
    private static final int BATCHES = 1_000_000;

    @Override
    public void run(Place place, Measurement.Sink sink) {
        for (int stop : new int[] {0, 1, 3, 10}) {
            String name = stop == 0 ? "iterations" : stop + "-failures";
            sink.accept(coverage("statistics.coverage.stop-at-" + name, stop));
        }
        sink.accept(coverageInParallel());
        for (int failures : new int[] {1, 3, 10}) {
            sink.accept(wrong("statistics.fixed.wrong-after-" + failures, failures, false));
        }
        sink.accept(wrong("statistics.fixed.if-rate-were-exact-after-1", 1, true));
        for (int stop : new int[] {1, 3, 0}) {
            sink.accept(rateBelow("statistics.rate-below.wrong-stop-at-" + stop, stop));
        }
        thompson("one-hot", new double[] {1e-3, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5}, sink);
        thompson("two-warm", new double[] {1e-4, 1e-4, 1e-5, 1e-5, 1e-5, 1e-5, 0, 0}, sink);
        thompson("all-alike", new double[] {1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4}, sink);
        thompson("close", new double[] {1.3e-4, 1.2e-4, 1.1e-4, 1e-4, 1e-4, 9e-5, 8e-5, 7e-5}, sink);
        thompson("one-alone", new double[] {0, 0, 0, 1e-4, 0, 0, 0, 0}, sink);
        cost(sink);
    }

    /** Iterations up to the next failing one, which is among them: geometric, by inversion. */
    private static long untilFailure(double rate, SplittableRandom random) {
        return rate == 0 ? Long.MAX_VALUE : 1 + (long) (Math.log1p(-random.nextDouble()) / Math.log1p(-rate));
    }

    /** From 1e-3 to 1e-6, each decade as often. */
    private static double rate(SplittableRandom random) {
        return Math.pow(10, -3 - 3 * random.nextDouble());
    }

    private static Measurement covered(String name, int covered) {
        return Measurement.within(name, (double) covered / JOBS, "of " + JOBS + " jobs", 0.94, 0.97);
    }

    /** @param stop after so many failures; 0 for a budget in which 1 to 100 failures are to be expected, each decade as often */
    private static Measurement coverage(String name, int stop) {
        SplittableRandom random = new SplittableRandom(stop);
        int covered = 0;
        for (int job = 0; job < JOBS; job++) {
            double rate = rate(random);
            long budget = stop == 0 ? Math.round(Math.pow(10, 2 * random.nextDouble()) / rate) : Long.MAX_VALUE;
            long iterations = 0;
            long failures = 0;
            while (iterations < budget && (stop == 0 || failures < stop)) {
                long next = iterations + untilFailure(rate, random);
                failures += next <= budget ? 1 : 0;
                iterations = Math.min(next, budget);
            }
            covered += covers(failures, iterations, rate) ? 1 : 0;
        }
        return covered(name, covered);
    }

    private static boolean covers(long failures, long iterations, double rate) {
        FailureRate interval = FailureRate.of(failures, iterations);
        return interval.low() <= rate && rate <= interval.high();
    }

    /** A job that stops at its first failure, while other machines are in the middle of batches, which count as well. */
    private static Measurement coverageInParallel() {
        SplittableRandom random = new SplittableRandom(MACHINES);
        int covered = 0;
        for (int job = 0; job < JOBS; job++) {
            double rate = rate(random);
            long[] firstFailures = new long[MACHINES];
            Arrays.setAll(firstFailures, machine -> untilFailure(rate, random));
            long stop = Arrays.stream(firstFailures).min().orElseThrow();
            long end = (stop + BATCH - 1) / BATCH * BATCH;
            long failures = Arrays.stream(firstFailures).filter(at -> at <= end).count();
            long iterations =
                    Arrays.stream(firstFailures).map(at -> Math.min(at, end)).sum();
            covered += covers(failures, iterations, rate) ? 1 : 0;
        }
        return covered("statistics.coverage.stop-at-1-failures-of-8-machines", covered);
    }

    /** How often a bug that is still there passes for fixed. @param exact whether the rate found is taken for the true one */
    private static Measurement wrong(String name, int failures, boolean exact) {
        SplittableRandom random = new SplittableRandom(failures);
        int wrong = 0;
        for (int job = 0; job < MANY_JOBS; job++) {
            double rate = rate(random);
            long iterations = 0;
            for (int k = 0; k < failures; k++) {
                iterations += untilFailure(rate, random);
            }
            double needed = !exact
                    ? new CleanRun(failures, iterations, null, 1 - ERROR).needed()
                    : iterations == failures ? 1 : CleanRun.needed((double) failures / iterations, 1 - ERROR);
            wrong += untilFailure(rate, random) > needed ? 1 : 0;
        }
        double share = (double) wrong / MANY_JOBS;
        String unit = "of " + MANY_JOBS + " jobs";
        return exact
                ? Measurement.of(name, share, unit + ", for comparison")
                : Measurement.atMost(name, share, unit, ERROR + CHANCE);
    }

    /** How often a rate that is just not below is said to be. */
    private static Measurement rateBelow(String name, int stop) {
        SplittableRandom random = new SplittableRandom(stop);
        RateBelow rule = new RateBelow(1e-4, 1 - ERROR);
        int wrong = 0;
        for (int job = 0; job < JOBS; job++) {
            long failures = 0;
            long next = untilFailure(rule.rate(), random);
            for (long iterations = BATCH; iterations <= 200_000; iterations += BATCH) {
                while (next <= iterations) {
                    failures++;
                    next += untilFailure(rule.rate(), random);
                }
                if (rule.met(failures, iterations, stop)) {
                    wrong++;
                    break;
                }
            }
        }
        // Three standard deviations of a share of 5 % in so many jobs are 0.0065.
        return Measurement.atMost(name, (double) wrong / JOBS, "of " + JOBS + " jobs", ERROR + 0.0065);
    }

    /** Iterations to the first and to the tenth failure over arms with these rates, against arms drawn evenly. */
    private static void thompson(String name, double[] rates, Measurement.Sink sink) {
        for (int failures : new int[] {1, 10}) {
            int jobs = failures == 1 ? 4_000 : 1_000;
            double adaptive = meanIterations(rates, failures, jobs, AdaptiveStrategy.DEFAULT_FLOOR);
            double even = meanIterations(rates, failures, jobs, 1);
            sink.accept(Measurement.atMost(
                    "statistics.thompson." + name + ".to-failure-" + failures,
                    adaptive / even,
                    "of random's iterations",
                    1.1));
        }
    }

    private static double meanIterations(double[] rates, int failures, int jobs, double floor) {
        SplittableRandom random = new SplittableRandom(failures);
        double sum = 0;
        for (int job = 0; job < jobs; job++) {
            sum += iterations(rates, failures, random, floor);
        }
        return sum / jobs;
    }

    /** A job with eight batches in flight, which its posteriors do not know of yet. */
    private static long iterations(double[] rates, int wanted, SplittableRandom random, double floor) {
        Strategy strategy = new AdaptiveStrategy(
                List.of(4), List.of(Arm.Kind.ALIGNED), rates.length, floor, random.nextLong(1L << 53));
        List<ArmCount> counts = new ArrayList<>(Collections.nCopies(rates.length, ArmCount.NOTHING));
        Queue<Integer> inFlight = new ArrayDeque<>();
        long iterations = 0;
        int failures = 0;
        for (long number = 0; failures < wanted; number++) {
            inFlight.add(strategy.next(new Progress(number, 0, counts), PERIOD).arm());
            if (inFlight.size() < MACHINES) {
                continue;
            }
            int arm = inFlight.remove();
            long first = untilFailure(rates[arm], random);
            long run = Math.min(first, BATCH);
            int failed = first <= BATCH ? 1 : 0;
            ArmCount before = counts.get(arm);
            counts.set(arm, new ArmCount(before.batches() + 1, before.iterations() + run, before.failures() + failed));
            iterations += run;
            failures += failed;
        }
        return iterations;
    }

    /** Schedules for a job of a million batches, each strategy as large as it may be asked for. */
    private static void cost(Measurement.Sink sink) {
        List<Arm.Kind> both = List.of(Arm.Kind.RANDOM, Arm.Kind.ALIGNED);
        cost("random", new RandomStrategy(List.of(4, 6), 1, List.of(), null), BATCHES, sink);
        cost("sweep", new SweepStrategy(List.of(0), 1), BATCHES, sink);
        cost("adaptive-18-arms", new AdaptiveStrategy(List.of(4, 6), both, 8, 0.1, 1), BATCHES, sink);
        List<Integer> allShifts = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        cost("adaptive-715-arms", new AdaptiveStrategy(allShifts, both, 64, 0.1, 1), 20_000, sink);
    }

    private static void cost(String name, Strategy strategy, int batches, Measurement.Sink sink) {
        List<ArmCount> counts =
                new ArrayList<>(Collections.nCopies(strategy.arms(PERIOD).size(), new ArmCount(1_000, 500_000, 3)));
        long before = usedBytes();
        long began = System.nanoTime();
        for (long number = BATCHES - batches; number < BATCHES; number++) {
            int arm = strategy.next(new Progress(number, number % 1_000_000, counts), PERIOD)
                    .arm();
            ArmCount count = counts.get(arm);
            counts.set(arm, new ArmCount(count.batches() + 1, count.iterations() + BATCH, count.failures()));
        }
        double millis = (System.nanoTime() - began) / 1e6 / batches;
        sink.accept(Measurement.atMost("statistics.choose." + name, millis, "ms per batch", 1));
        double grown = (usedBytes() - before) / (double) (1 << 20);
        sink.accept(Measurement.atMost("statistics.choose." + name + ".memory", Math.max(0, grown), "MiB more", 1));
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
