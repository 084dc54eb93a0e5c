package io.bohrwerk.bench;

import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.TestTrace;
import java.io.IOException;
import java.nio.file.Path;
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
    private static final double GOAL_TRACED_LINUX = 20;
    /** Ends a plan that does not find the race: above it nothing would be gained over random phases. */
    private static final long MOST_TRACED_LINUX = 600;
    /** Races at least this rare are what the traced strategy is for. */
    private static final double RARE = 1e-4;
    /** Host time that running a strategy's seeds may take; what would take longer is drawn. */
    private static final double MOST_SECONDS = 30;

    private static final double MOST_SECONDS_QUICK = 2;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        for (BundledTarget race : BundledTarget.RACES) {
            Rig rig = Rig.of(place.emulator(), race.writeTo(place.directory()));
            measure(race.targetName(), rig, place.quick(), sink);
        }
        Path linux = LinuxTarget.build("linux-module-race", place.directory(), place.state(), sink::say);
        linux(Rig.of(place.emulator(), linux), sink);
    }

    /** The race in a Linux module. Its test is long, and an iteration takes milliseconds: only what traced runs is run in full. */
    private static void linux(Rig rig, Measurement.Sink sink) throws InfrastructureException, IOException {
        String name = "linux-module-race";
        int shift = rig.manifest().machine().bootShift();
        TracedSearch traced = TracedSearch.run(rig, shift, MOST_TRACED_LINUX);
        TestTrace trace = traced.plan().trace();
        if (trace == null || !traced.found()) {
            sink.say(name + ": not found in " + traced.iterations() + " iterations; test: " + trace + "; plan of "
                    + traced.plan().size());
            sink.accept(Measurement.atMost(name + ".traced.not-found", 1, "race", 0));
            return;
        }
        Truth truth = Truth.around(rig, shift, traced.failing(), trace.period());
        sink.say(String.format(
                Locale.ROOT,
                "%s: %d of %d phases fail, counted around the failing place; test: %s; plan of %d",
                name,
                truth.failing(),
                truth.period(),
                trace,
                traced.plan().size()));
        // Those that land elsewhere are missed here, and would as often land here from elsewhere.
        double rate = traced.exact() == 0 ? truth.rate() : truth.rate() / traced.exact();
        if (traced.exact() == 0) {
            sink.say(name + ": not seen how many ticks land on their instruction");
        } else {
            sink.accept(Measurement.of(name + ".exact", traced.exact() * 100, "% of ticks land on their instruction"));
        }
        sink.accept(Measurement.of(name + ".rate", rate * 1e6, "per million, counted"));
        BatchRun sample = rig.run(rig.random(shift, 1), RunMode.RECORDED);
        double perIteration = sample.running().toNanos() / 1e9 / sample.iterations();
        int size = rig.manifest().test().iterationsPerBatch();
        FirstFailure random = FirstFailure.draw(new double[] {rate}, size, perIteration, SEEDS);
        double inside = rate * truth.period() / Math.min(trace.length(), trace.period());
        FirstFailure aligned = FirstFailure.draw(new double[] {inside}, size, perIteration, SEEDS);
        tell(name + ".random", random, sink);
        tell(name + ".aligned", aligned, sink);
        tell(name + ".traced", new FirstFailure(traced.iterations(), true, traced.seconds()), sink);
        sink.accept(Measurement.atLeast(
                name + ".random-to-traced", random.iterations() / traced.iterations(), "", GOAL_TRACED_LINUX));
    }

    private static void measure(String name, Rig rig, boolean quick, Measurement.Sink sink)
            throws InfrastructureException, IOException {
        int shift = rig.manifest().machine().bootShift();
        TracedSearch traced = TracedSearch.run(rig, shift, Long.MAX_VALUE);
        TestTrace trace = traced.plan().trace();
        if (trace == null || !traced.found()) {
            sink.say(name + ": not found in " + traced.iterations() + " iterations; test: " + trace + "; plan of "
                    + traced.plan().size());
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
                "%s: %d of %d phases fail; test: %s; plan of %d",
                name,
                truth.failing(),
                truth.period(),
                trace,
                traced.plan().size()));
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
                        ? Measurement.atLeast(name + ".random-to-traced", ratio, "", GOAL_TRACED)
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
