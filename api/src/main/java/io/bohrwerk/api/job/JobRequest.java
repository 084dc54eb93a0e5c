package io.bohrwerk.api.job;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.api.statistics.RateBelow;
import io.bohrwerk.api.strategy.FixedStrategy;
import io.bohrwerk.api.strategy.RandomStrategy;
import io.bohrwerk.api.strategy.SteppedStrategy;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.api.target.Target;
import io.bohrwerk.api.web.RequestDocument;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.ConsoleScript;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A submission, as users write it.
 *
 * @param target a target's id, or at least its first 8 digits
 * @param name for people; the target's name when there is none
 * @param iterations most to run; when there is none, as many as the strategy has places, or 1,000,000
 * @param wallTime real time from the first batch that runs
 * @param stopAfterFailures 1 when there is none; 0 never stops for failures
 * @param stopWhenRateBelow for strategies whose iterations are a random sample
 * @param iterationsPerBatch when there is none the target's, and when it has none either, what makes batches of some seconds
 * @param keepCheckpoints whether the snapshots of failures are stored; yes when there is none. A replay makes them again
 * @param setting what is to be other than usual in the machines; nothing when there is none
 * @param priority {@code low}, {@code normal} or {@code high}: shares of the machines of 1, 4 and 16; normal when there is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobRequest(
        String target,
        @Nullable String name,
        StrategyRequest strategy,
        @Nullable Long iterations,
        @Nullable VirtualTime wallTime,
        @Nullable Long stopAfterFailures,
        @Nullable RateBelow stopWhenRateBelow,
        @Nullable Integer iterationsPerBatch,
        @Nullable Boolean keepCheckpoints,
        @Nullable Priority priority,
        @Nullable Setting setting)
        implements RequestDocument {
    static final long DEFAULT_ITERATIONS = 1_000_000;
    /** A hundred machines at a thousand iterations per second need four months for it. */
    public static final long MOST_ITERATIONS = 1_000_000_000_000L;

    private static final long MOST_FAILURES = 1_000_000;
    private static final int LARGEST_BATCH = 10_000_000;
    private static final Pattern NAME = Pattern.compile("\\P{Cntrl}{1,200}");

    public JobRequest {
        present(target, "target");
        present(strategy, "strategy");
        if (name != null) {
            require(NAME.matcher(name).matches(), "name", name, "must be one line of 1 to 200 characters");
        }
        requireWithin("iterations", iterations, 1, MOST_ITERATIONS);
        requireWithin("stopAfterFailures", stopAfterFailures, 0, MOST_FAILURES);
        requireWithin("iterationsPerBatch", iterationsPerBatch, 1, LARGEST_BATCH);
    }

    private static void requireWithin(String field, @Nullable Number value, long least, long most) {
        if (value != null) {
            require(
                    value.longValue() >= least && value.longValue() <= most,
                    field,
                    value,
                    "must be between " + least + " and " + most);
        }
    }

    /** Fills in what was left out. @param job the id of the job to be */
    public Terms terms(Target found, UUID job) {
        Setting whole = setting == null ? null : setting.seeded(StrategyRequest.seedOf(job));
        TargetManifest manifest = inSetting(found.manifest(), whole, "setting");
        Strategy chosen = strategy.resolve(manifest, job);
        requireFits(chosen, whole, "setting");
        requireSample(stopWhenRateBelow, chosen);
        require(
                iterationsPerBatch == null
                        || iterationsPerBatch <= ConsoleScript.MOST_ITERATIONS
                        || found.manifest().test().console().isEmpty(),
                "iterationsPerBatch",
                String.valueOf(iterationsPerBatch),
                "must be at most " + ConsoleScript.MOST_ITERATIONS + " for a target of the driver console");
        return new Terms(
                name == null ? found.name() : name,
                chosen,
                iterations == null ? defaultIterations(chosen, manifest) : iterations,
                wallTime,
                stopAfterFailures == null ? 1 : stopAfterFailures,
                stopWhenRateBelow,
                BatchSize.first(
                        manifest.test(),
                        iterationsPerBatch,
                        !(chosen instanceof FixedStrategy),
                        chosen instanceof TracedStrategy || places(chosen, manifest) > 0),
                keepCheckpoints == null || keepCheckpoints,
                priority == null ? Priority.NORMAL : priority,
                whole,
                null,
                null);
    }

    /** The target in its machines. A setting that it cannot run in is refused. @param field that has it */
    public static TargetManifest inSetting(TargetManifest manifest, @Nullable Setting setting, String field) {
        if (setting != null) {
            manifest.requireServes(setting, field);
        }
        return manifest.under(setting);
    }

    /** A setting under which the strategy cannot do what it promises is refused. @param field that has it */
    public static void requireFits(Strategy strategy, @Nullable Setting setting, String field) {
        require(
                Setting.counted(setting) || strategy instanceof RandomStrategy || strategy instanceof FixedStrategy,
                field + ".icount",
                false,
                "needs the strategy random or fixed: the others put interrupts at counted instructions, and traced replays a"
                        + " recording besides");
        require(
                Setting.counted(setting) || strategy.turns().isEmpty(),
                field + ".icount",
                false,
                "does not go with slices, which divide the counted instructions among the CPUs");
        require(
                setting == null || setting.extra() == null || !(strategy instanceof TracedStrategy),
                field + ".extra",
                setting == null ? "" : String.valueOf(setting.extra()),
                "does not go with the strategy traced, whose plan is made of a test without it; use random, aligned, sweep,"
                        + " adaptive or fixed");
    }

    private static void requireSample(@Nullable RateBelow rule, Strategy strategy) {
        require(
                rule == null || strategy.sampling().random(),
                "stopWhenRateBelow",
                String.valueOf(rule),
                "needs a strategy whose iterations are a random sample: random, or aligned without a step");
    }

    private static long defaultIterations(Strategy strategy, TargetManifest manifest) {
        long places = places(strategy, manifest);
        return places > 0 ? Math.min(places, MOST_ITERATIONS) : DEFAULT_ITERATIONS;
    }

    private static long places(Strategy strategy, TargetManifest manifest) {
        return strategy instanceof SteppedStrategy steps
                ? steps.places(manifest.machine().timerPeriod())
                : 0;
    }

    /** What makes two submissions the same, whatever their blanks and the order of their fields. */
    public Digest digest() {
        return Digest.of(Wire.write(this));
    }
}
