package io.bohrwerk.emulator;

import io.bohrwerk.emulator.plugin.PluginLine;
import io.bohrwerk.emulator.trace.IterationTrace;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.traced.Aim;
import io.bohrwerk.protocol.traced.Landings;
import io.bohrwerk.protocol.traced.Place;
import io.bohrwerk.protocol.traced.Placement;
import io.bohrwerk.protocol.traced.Planner;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the plan of the traced strategy at one shift: runs three iterations, replays them instruction by instruction, plans from that, and
 * watches the plan's first ticks land, so that what the ticks' own handler does otherwise can be made up for. Nothing in it is left to
 * chance: it gives the same on every host.
 */
public final class TestTracing {
    /** So many iterations are looked at, whether the ticks land where they were put. */
    private static final int PROBED = 8;

    private static final long LONGEST_DELAY = 1_600;
    /** The traced iteration's delay, and the way to it, are to lie well within a period. */
    private static final int PERIOD_PART = 4;

    /**
     * How often a place that matters is tried where not each tick lands on its place: two in five did in a Linux guest, so after three rounds
     * four in five places were met.
     */
    private static final int ROUNDS = 3;

    private TestTracing() {}

    /**
     * What came of it.
     *
     * @param iterations that were run. Any that failed is in the plan, and will fail there again
     * @param late by how many instructions the first ticks came late; corrected in the plan. Empty when it could not be told
     * @param exact the part of the first ticks that landed just so late: where a guest's path to a place varies, as with every page that Linux
     *     must first find, others land around it
     */
    public record Result(TracedPlan plan, long iterations, OptionalLong late, double exact) {}

    /**
     * @param ready an image from {@link Machine#prepare} or {@link Machine#settle}, for batches at that shift
     * @throws InfrastructureException of kind {@code INTERNAL} when the test cannot be traced; another attempt would say the same
     */
    public static Result run(Machine machine, Path ready, TargetManifest manifest, int shift)
            throws InfrastructureException {
        return run(machine, ready, manifest, shift, null, Aim.NONE);
    }

    /**
     * As {@link #run(Machine, Path, TargetManifest, int)}, for a machine with a setting, and with an aim.
     *
     * @param manifest {@link TargetManifest#under under} that setting
     * @param aim what the plan has first
     */
    public static Result run(
            Machine machine, Path ready, TargetManifest manifest, int shift, @Nullable Setting setting, Aim aim)
            throws InfrastructureException {
        long period = manifest.machine().timerPeriod().instructions(shift);
        if (period / PERIOD_PART < IterationTrace.SHORTEST_DELAY) {
            throw new InfrastructureException(
                    InfrastructureTrouble.INTERNAL,
                    "at shift " + shift + " the timer's period has " + period + " instructions; tracing needs "
                            + PERIOD_PART * IterationTrace.SHORTEST_DELAY + ": choose a smaller shift");
        }
        long delay = Math.min(LONGEST_DELAY, period / PERIOD_PART / 16 * 16);
        Batch batch = new Batch(IterationTrace.schedule(shift, period, delay).under(setting), 3, 3);
        BatchRun traced = machine.run(ready, batch, passed -> {});
        if (traced.outcome() != Outcome.PASSED) {
            return new Result(
                    TracedPlan.ofFailing(shift, batch.schedule().delays()),
                    traced.iterations(),
                    OptionalLong.empty(),
                    0);
        }
        TestTrace trace = machine.tracing().trace(ready, batch, traced.recording());
        try {
            aim.requireMet(trace);
        } catch (InvalidInputException e) {
            throw new InfrastructureException(InfrastructureTrouble.INTERNAL, String.valueOf(e.getMessage()), e);
        }
        List<Placement> placements = Planner.plan(trace, Set.of(), aim);
        if (placements.isEmpty()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.INTERNAL,
                    "the traced test (" + trace + ") has no place where the timer's interrupt could land");
        }
        return probed(machine, ready, batch.schedule(), trace, placements, aim, traced.iterations());
    }

    private static Result probed(
            Machine machine,
            Path ready,
            Schedule traced,
            TestTrace trace,
            List<Placement> placements,
            Aim aim,
            long iterations)
            throws InfrastructureException {
        int shift = traced.shift();
        List<Placement> first = placements.subList(0, Math.min(PROBED, placements.size()));
        List<Long> delays = first.stream().map(Placement::delay).toList();
        Batch probe = new Batch(
                Schedule.listed(shift, delays, Align.TICK).under(traced.setting()), delays.size(), delays.size());
        BatchRun run = machine.run(ready, probe, passed -> {});
        long all = iterations + run.iterations();
        TracedPlan plan = TracedPlan.of(shift, trace, placements);
        if (run.outcome() != Outcome.PASSED) {
            return new Result(plan, all, OptionalLong.empty(), 0);
        }
        List<Long> late = Landings.late(trace, first, ticks(machine.tracing().landings(ready, probe, run.recording())));
        OptionalLong usual = Landings.usual(late);
        if (usual.isEmpty()) {
            return new Result(plan, all, usual, 0);
        }
        TestTrace corrected = trace.corrected(usual.getAsLong());
        double exact = Collections.frequency(late, usual.getAsLong()) / (double) late.size();
        List<Placement> again = usual.getAsLong() == 0 ? placements : Planner.plan(corrected, Set.of(), aim);
        return new Result(
                exact == 1 ? TracedPlan.of(shift, corrected, again) : inRounds(shift, corrected, again, aim),
                all,
                usual,
                exact);
    }

    /** The timer's among devices' interrupts: those of the vector that comes most. */
    private static List<List<Long>> ticks(List<List<PluginLine.Interrupt>> landings) {
        Map<Integer, Long> vectors = landings.stream()
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(PluginLine.Interrupt::vector, Collectors.counting()));
        int timer = vectors.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(-1);
        return landings.stream()
                .map(each -> each.stream()
                        .filter(interrupt -> interrupt.vector() == timer)
                        .map(PluginLine.Interrupt::count)
                        .toList())
                .toList();
    }

    /** What is aimed at again and again before all others; without an aim, modules. */
    private static TracedPlan inRounds(int shift, TestTrace trace, List<Placement> plan, Aim aim) {
        Map<Boolean, List<Placement>> first = plan.stream().collect(Collectors.partitioningBy(each -> {
            Place place = trace.places().get(each.place());
            return aim.isEmpty() ? place.kind() == Place.Kind.MODULE : aim.matches(place);
        }));
        List<Placement> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            all.addAll(first.getOrDefault(true, List.of()));
        }
        all.addAll(first.getOrDefault(false, List.of()));
        return TracedPlan.of(shift, trace, all);
    }
}
