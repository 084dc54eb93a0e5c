package io.bohrwerk.api.job;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.api.strategy.AdaptiveStrategy;
import io.bohrwerk.api.strategy.AlignedStrategy;
import io.bohrwerk.api.strategy.Arm;
import io.bohrwerk.api.strategy.FixedStrategy;
import io.bohrwerk.api.strategy.RandomStrategy;
import io.bohrwerk.api.strategy.SliceRange;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.strategy.SweepStrategy;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Shift;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import io.bohrwerk.protocol.traced.Aim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The strategy as users write it: a name, or a name with its own options. What they leave out follows from the target and the job.
 *
 * @param shifts of all but {@code fixed}; the target's bootShift when there are none
 * @param seed of those that draw
 * @param shift of {@code fixed}
 * @param delay of {@code fixed}
 * @param step of {@code sweep}, 1 when there is none; of {@code aligned}, which draws when there is none
 * @param length of the test in instructions, of {@code aligned}; the timer period when there is none
 * @param strategies of the arms of {@code adaptive}
 * @param buckets of the period, of {@code adaptive}
 * @param floor share of even exploration, of {@code adaptive}
 * @param aim what {@code traced} tries first
 * @param slices of {@code fixed} and {@code random}: how often the CPUs of a target with several take turns
 * @param drawnSlices of {@code random}: a range from which each batch draws one slice, instead of {@code slices}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StrategyRequest(
        Kind kind,
        @Nullable List<Integer> shifts,
        @Nullable Long seed,
        @Nullable Integer shift,
        @Nullable Long delay,
        @Nullable Long step,
        @Nullable Long length,
        @Nullable List<Arm.Kind> strategies,
        @Nullable Integer buckets,
        @Nullable Double floor,
        @Nullable Aim aim,
        @Nullable List<Integer> slices,
        @Nullable SliceRange drawnSlices) {
    private static final long LARGEST_32_BIT = 0xffff_ffffL;
    /** What asks of a guest no more than to wait for a while before an iteration. */
    private static final Set<Arm.Kind> SERVED_BY_SHELLS = Set.of(Arm.Kind.FIXED, Arm.Kind.RANDOM);

    enum Kind {
        FIXED("shift", "delay", "slices"),
        RANDOM("shifts", "seed", "slices", "drawnSlices"),
        SWEEP("shifts", "step"),
        ALIGNED("shifts", "seed", "step", "length"),
        TRACED("shifts", "aim"),
        ADAPTIVE("shifts", "seed", "strategies", "buckets", "floor");

        private final Set<String> options;

        Kind(String... options) {
            this.options = Set.of(options);
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @JsonCreator
    public StrategyRequest {
        InvalidInputException.present(kind, "kind");
        requireOption(kind, "shifts", shifts);
        requireOption(kind, "seed", seed);
        requireOption(kind, "shift", shift);
        requireOption(kind, "delay", delay);
        requireOption(kind, "step", step);
        requireOption(kind, "length", length);
        requireOption(kind, "strategies", strategies);
        requireOption(kind, "buckets", buckets);
        requireOption(kind, "floor", floor);
        requireOption(kind, "aim", aim);
        requireOption(kind, "slices", slices);
        requireOption(kind, "drawnSlices", drawnSlices);
        requireNoGaps("shifts", shifts);
        requireNoGaps("strategies", strategies);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StrategyRequest named(String kind) {
        for (Kind known : Kind.values()) {
            if (known.name().equalsIgnoreCase(kind)) {
                return new StrategyRequest(
                        known, null, null, null, null, null, null, null, null, null, null, null, null);
            }
        }
        String known = Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));
        throw new InvalidInputException(
                "", kind, "must be " + known + ", or a group of fields with one of them as kind");
    }

    private static void requireOption(Kind kind, String field, @Nullable Object value) {
        require(
                value == null || kind.options.contains(field),
                field,
                String.valueOf(value),
                "is not an option of the strategy " + kind.word());
    }

    private static void requireNoGaps(String field, @Nullable List<?> list) {
        if (list != null) {
            list.forEach(each -> InvalidInputException.present(each, field));
        }
    }

    /** Fills in what was left out. @param job gives the seed, so that the job can be told apart and made again */
    public Strategy resolve(TargetManifest manifest, UUID job) {
        List<Integer> chosen = shifts == null ? List.of(manifest.machine().bootShift()) : new ArrayList<>(shifts);
        List<Integer> turns = slices == null ? List.of() : slices;
        long drawn = seed == null ? seedOf(job) : seed;
        Strategy strategy = switch (kind) {
            case FIXED ->
                new FixedStrategy(
                        shift == null ? manifest.machine().bootShift() : shift, delay == null ? 0 : delay, turns);
            case RANDOM -> new RandomStrategy(chosen, drawn, turns, drawnSlices);
            case SWEEP -> new SweepStrategy(chosen, step == null ? 1 : step);
            case ALIGNED ->
                new AlignedStrategy(chosen, length == null ? wholePeriod(manifest, chosen) : length, step, drawn);
            case TRACED -> new TracedStrategy(chosen, aim);
            case ADAPTIVE ->
                new AdaptiveStrategy(
                        chosen,
                        strategies == null ? served(manifest) : strategies,
                        buckets == null ? AdaptiveStrategy.DEFAULT_BUCKETS : buckets,
                        floor == null ? AdaptiveStrategy.DEFAULT_FLOOR : floor,
                        drawn);
        };
        requireFits(strategy, manifest);
        return strategy;
    }

    private static List<Arm.Kind> served(TargetManifest manifest) {
        return manifest.test().driver() == TargetTest.Driver.AGENT
                ? List.of(Arm.Kind.RANDOM, Arm.Kind.ALIGNED)
                : List.of(Arm.Kind.RANDOM);
    }

    private static long wholePeriod(TargetManifest manifest, List<Integer> shifts) {
        VirtualTime period = manifest.machine().timerPeriod();
        return shifts.stream()
                .filter(each -> each >= 0 && each < Long.SIZE)
                .mapToLong(period::instructions)
                .map(instructions -> Math.min(instructions, LARGEST_32_BIT))
                .max()
                .orElse(1);
    }

    /** A strategy that the target cannot serve is refused, whoever chose it. */
    public static void requireFits(Strategy strategy, TargetManifest manifest) {
        int bootShift = manifest.machine().bootShift();
        VirtualTime period = manifest.machine().timerPeriod();
        manifest.requireServes(strategy.turns(), "strategy.slices");
        for (Arm arm : strategy.arms(period)) {
            String field = arm.kind() == Arm.Kind.FIXED ? "strategy.shift" : "strategy.shifts";
            Shift.requireAfterBoot(field, arm.shift(), bootShift);
            require(
                    arm.kind() == Arm.Kind.FIXED || period.instructions(arm.shift()) <= LARGEST_32_BIT,
                    field,
                    arm.shift(),
                    "must make the target's timerPeriod of " + period + " less than 2^32 instructions");
            require(
                    arm.kind() != Arm.Kind.TRACED || !manifest.machine().severalCpus(),
                    "strategy.kind",
                    asked(strategy, arm),
                    "needs a recording, and QEMU makes none of a guest with several CPUs; use random, aligned, sweep, fixed or"
                            + " adaptive without traced arms");
            require(
                    SERVED_BY_SHELLS.contains(arm.kind()) || manifest.test().driver() == TargetTest.Driver.AGENT,
                    "strategy.kind",
                    asked(strategy, arm),
                    "needs an agent in the guest, which waits for the timer's interrupt and then counts instructions: a shell on"
                            + " the console, which drives this target, can do neither; use fixed, random, or adaptive with"
                            + " random arms only");
        }
    }

    /** An arm in the words of a request. */
    private static String asked(Strategy strategy, Arm arm) {
        return arm.kind() == Arm.Kind.STEPPED
                ? (strategy instanceof SweepStrategy ? Kind.SWEEP : Kind.ALIGNED).word()
                : arm.kind().name().toLowerCase(Locale.ROOT);
    }

    public static long seedOf(UUID job) {
        return Delays.splitmix64(job.getMostSignificantBits() ^ Delays.splitmix64(job.getLeastSignificantBits()))
                >>> 11;
    }
}
