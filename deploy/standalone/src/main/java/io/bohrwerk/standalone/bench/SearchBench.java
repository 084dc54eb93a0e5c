package io.bohrwerk.standalone.bench;

import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.standalone.BundledTarget;
import java.io.IOException;
import java.util.Locale;

/**
 * How many iterations each strategy takes to find planted races, beside plain looping with random phases.
 *
 * <p>The truth about each race is counted, so that what would take hours can be drawn from it: figures of strategies that were not run but
 * drawn say so in their unit.
 */
final class SearchBench implements Bench {
    private static final int SEEDS = 20;
    private static final int[] SHIFTS_ABOVE_BOOT = {0, 1, 2, 3, 4};
    private static final double GOAL_ALIGNED = 5;
    private static final double GOAL_TRACED = 500;
    /** Races at least this rare are what the traced strategy is for. */
    private static final double RARE = 1e-4;
    /** Host time that running a strategy's seeds may take; what would take longer is drawn. */
    private static final double MOST_SECONDS = 30;

    private static final double MOST_SECONDS_QUICK = 2;
    /** What the traced iteration starts with; any will do. */
    private static final long TRACED_DELAY = 1600;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        for (BundledTarget race : BundledTarget.RACES) {
            Rig rig = Rig.of(place.emulator(), race.writeTo(place.directory()));
            measure(race.targetName(), rig, place.quick(), GOAL_TRACED, sink);
        }
    }

    private static void measure(String name, Rig rig, boolean quick, double goal, Measurement.Sink sink)
            throws InfrastructureException, IOException {
        int shift = rig.manifest().machine().bootShift();
        TracedSearch.Result traced = TracedSearch.run(rig, shift, TRACED_DELAY);
        TestTrace trace = traced.trace();
        if (trace == null || !traced.found()) {
            sink.say(name + ": " + traced);
            sink.accept(Measurement.atMost(name + ".traced.not-found", 1, "race", 0));
            return;
        }
        double[] rates = new double[SHIFTS_ABOVE_BOOT.length];
        Truth truth = Truth.of(rig, shift, trace, trace.period());
        rates[0] = truth.rate();
        for (int i = 1; i < rates.length; i++) {
            rates[i] = Truth.of(rig, shift + SHIFTS_ABOVE_BOOT[i], trace, trace.period() >> SHIFTS_ABOVE_BOOT[i])
                    .rate();
        }
        sink.say(String.format(
                Locale.ROOT,
                "%s: %d of %d phases fail; test: %s; plan of %d; first ticks late by %s",
                name,
                truth.failing(),
                truth.period(),
                trace,
                traced.planned(),
                traced.late().isPresent() ? traced.late().getAsLong() : "what could not be told"));
        double limit = quick ? MOST_SECONDS_QUICK : MOST_SECONDS;
        long window = rig.manifest().machine().timerPeriod().instructions(shift);
        FirstFailure random =
                first(rig, seed -> Schedule.random(shift, window, seed), new double[] {truth.rate()}, limit);
        FirstFailure shifts = first(
                rig,
                seed -> {
                    int other = shift + SHIFTS_ABOVE_BOOT[(int) (seed / 2 % SHIFTS_ABOVE_BOOT.length)];
                    return Schedule.random(
                            other, rig.manifest().machine().timerPeriod().instructions(other), seed);
                },
                rates,
                limit);
        long earliest = Math.max(0, trace.period() - trace.lead() - trace.length());
        FirstFailure aligned = first(
                rig,
                seed -> new Schedule(shift, earliest, 0, trace.length(), seed, Align.TICK),
                new double[] {truth.failing() / (double) trace.length()},
                limit);
        sink.accept(Measurement.of(name + ".rate", truth.rate() * 1e6, "per million, counted"));
        tell(name + ".random", random, sink);
        tell(name + ".random-shifts", shifts, sink);
        tell(name + ".aligned", aligned, sink);
        tell(name + ".traced", new FirstFailure(traced.iterations(), true, traced.seconds()), sink);
        sink.accept(Measurement.atLeast(
                name + ".random-to-aligned", random.iterations() / aligned.iterations(), "", GOAL_ALIGNED));
        double ratio = random.iterations() / traced.iterations();
        sink.accept(
                truth.rate() <= RARE
                        ? Measurement.atLeast(name + ".random-to-traced", ratio, "", goal)
                        : Measurement.of(name + ".random-to-traced", ratio, ""));
    }

    private static FirstFailure first(Rig rig, FirstFailure.Choice choice, double[] rates, double limit)
            throws InfrastructureException, IOException {
        double rate = 0;
        for (double each : rates) {
            rate += each / rates.length;
        }
        int size = Math.min(200, rig.manifest().test().iterationsPerBatch());
        BatchRun sample = rig.run(rig.batch(choice.schedule(1), size), RunMode.RECORDED);
        double perIteration = sample.running().toNanos() / 1e9 / sample.iterations();
        return SEEDS * perIteration / rate <= limit
                ? FirstFailure.run(rig, choice, rate, SEEDS)
                : FirstFailure.draw(rates, rig.manifest().test().iterationsPerBatch(), perIteration, SEEDS);
    }

    private static void tell(String name, FirstFailure first, Measurement.Sink sink) {
        sink.accept(Measurement.of(
                name + ".to-first-failure",
                first.iterations(),
                first.ran() ? "iterations" : "iterations (drawn from the counted rate)"));
        sink.accept(Measurement.of(name + ".per-hour", first.perHour(), "races found by one core"));
    }
}
