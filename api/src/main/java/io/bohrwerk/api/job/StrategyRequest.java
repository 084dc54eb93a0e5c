package io.bohrwerk.api.job;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The strategy as users write it: a name, or a name with its own options. What they leave out follows from the target and the job. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StrategyRequest(
        Kind kind,
        @Nullable List<Integer> shifts,
        @Nullable Long seed,
        @Nullable Integer shift,
        @Nullable Long delay) {
    enum Kind {
        FIXED,
        RANDOM
    }

    @JsonCreator
    StrategyRequest {
        InvalidInputException.present(kind, "kind");
        boolean fixed = kind == Kind.FIXED;
        requireAbsent(kind, fixed, "shifts", shifts);
        requireAbsent(kind, fixed, "seed", seed);
        requireAbsent(kind, !fixed, "shift", shift);
        requireAbsent(kind, !fixed, "delay", delay);
        if (shifts != null) {
            shifts.forEach(each -> InvalidInputException.present(each, "shifts"));
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static StrategyRequest named(String kind) {
        for (Kind known : Kind.values()) {
            if (known.name().equalsIgnoreCase(kind)) {
                return new StrategyRequest(known, null, null, null, null);
            }
        }
        throw new InvalidInputException(
                "", kind, "must be fixed, random, or a group of fields with one of them as kind");
    }

    private static void requireAbsent(Kind kind, boolean condition, String field, @Nullable Object value) {
        require(
                !condition || value == null,
                field,
                String.valueOf(value),
                "is not an option of the strategy " + kind.name().toLowerCase(java.util.Locale.ROOT));
    }

    /** Fills in what was left out. @param job gives the seed, so that the job can be told apart and made again */
    Strategy resolve(TargetManifest manifest, UUID job) {
        int bootShift = manifest.machine().bootShift();
        Strategy strategy = kind == Kind.FIXED
                ? new Strategy.Fixed(shift == null ? bootShift : shift, delay == null ? 0 : delay)
                : new Strategy.Random(shifts == null ? List.of(bootShift) : shifts, seed == null ? seedOf(job) : seed);
        if (strategy instanceof Strategy.Fixed fixed) {
            requireNotBelowBoot("strategy.shift", fixed.shift(), bootShift);
        } else if (strategy instanceof Strategy.Random random) {
            for (int each : random.shifts()) {
                requireNotBelowBoot("strategy.shifts", each, bootShift);
                long window = manifest.machine().timerPeriod().instructions(each);
                require(
                        window <= 0xffff_ffffL,
                        "strategy.shifts",
                        each,
                        "must make the target's timerPeriod of "
                                + manifest.machine().timerPeriod() + " less than 2^32 instructions");
            }
        }
        return strategy;
    }

    /** Measured on QEMU 7.2: Linux booted at 4 and run at 2 executed 4.4 billion instructions without a timer interrupt. */
    private static void requireNotBelowBoot(String field, int shift, int bootShift) {
        require(
                shift >= bootShift,
                field,
                shift,
                "must not be below the target's bootShift of " + bootShift
                        + ": virtual time would fall back, and no timer would fire until it has caught up");
    }

    private static long seedOf(UUID job) {
        return Delays.splitmix64(job.getMostSignificantBits() ^ Delays.splitmix64(job.getLeastSignificantBits()))
                >>> 11;
    }
}
