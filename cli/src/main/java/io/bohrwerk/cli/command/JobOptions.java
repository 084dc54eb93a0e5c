package io.bohrwerk.cli.command;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A job, as a file or as options, or as a file some of whose fields options replace. What it may say, the server knows. */
final class JobOptions {
    private static final double DEFAULT_CONFIDENCE = 0.95;
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    @Parameters(
            arity = "0..1",
            paramLabel = "JOB.yaml",
            description = "The job as the API accepts it, in YAML or JSON.")
    private @Nullable Path file;

    @Option(names = "--target", paramLabel = "ID", description = "The target's id, or at least its first 8 digits.")
    private @Nullable String target;

    @Option(names = "--name", description = "Display name of the job.")
    private @Nullable String name;

    @Option(names = "--iterations", paramLabel = "N", description = "Maximum number of iterations.")
    private @Nullable Long iterations;

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "random: timer phases drawn at random. sweep: every phase once, in order."
                    + " aligned: the timer fires inside the test."
                    + " traced: the timer fires at each place of the test once, modules and traps first. adaptive: favours what finds failures."
                    + " fixed: one schedule. Default: random")
    private @Nullable String strategy;

    @Option(
            names = "--shift",
            split = ",",
            paramLabel = "SHIFT",
            description =
                    "How slow the virtual CPU is: an instruction takes 2^SHIFT ns. Several, such as 4,6, for all but fixed")
    private @Nullable List<Integer> shifts;

    @Option(names = "--seed", description = "Seed of the random delays. Default: a new one for each job")
    private @Nullable Long seed;

    @Option(names = "--delay", paramLabel = "N", description = "Instructions before each iteration, for fixed.")
    private @Nullable Long delay;

    @Option(
            names = "--step",
            paramLabel = "N",
            description =
                    "Instructions from one place to the next, for sweep (default: 1) and aligned (default: drawn).")
    private @Nullable Long step;

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "Instructions of the test, for aligned. Default: a timer period")
    private @Nullable Long length;

    @Option(
            names = "--aim",
            split = ",",
            paramLabel = "WHAT",
            description =
                    "What traced tries first: functions (trap,x86_dbregs_*), addresses (0xc0100000-0xc0101000), syscall:N, vector:N,"
                            + " module:* (Linux modules), user.")
    private @Nullable List<String> aim;

    @Option(
            names = "--arms",
            split = ",",
            paramLabel = "NAME",
            description = "What adaptive chooses from: random, aligned. Default: both")
    private @Nullable List<String> arms;

    @Option(names = "--buckets", paramLabel = "N", description = "Parts of the timer period, for adaptive. Default: 8")
    private @Nullable Integer buckets;

    @Option(
            names = "--floor",
            paramLabel = "SHARE",
            description = "Share of batches that explore evenly, for adaptive. Default: 0.1")
    private @Nullable Double floor;

    @Option(
            names = "--slices",
            split = ",",
            paramLabel = "MICROSECONDS",
            description = "How often the CPUs of a target with several take turns, in the guest's time: one to three"
                    + " intervals, such as 37,101. For random and fixed. Default: the emulator's own turns")
    private @Nullable List<Integer> slices;

    @Option(
            names = "--drawn-slices",
            split = ",",
            arity = "1",
            paramLabel = "LEAST,MOST",
            description =
                    "Draws a slice for each batch from this range of microseconds, each order of magnitude as likely as"
                            + " another, such as 10,10000. For random")
    private @Nullable List<Integer> drawnSlices;

    @Option(
            names = "--stop-when-rate-below",
            paramLabel = "RATE",
            description = "Stop once the rate is below this, such as 1e-5, with --confidence. For random and aligned.")
    private @Nullable Double rateBelow;

    @Option(
            names = "--confidence",
            paramLabel = "C",
            description = "Confidence for --stop-when-rate-below, such as 0.99. Default: 0.95")
    private @Nullable Double confidence;

    @Option(names = "--stop-after-failures", paramLabel = "N", description = "Stop after N failures; 0 for never.")
    private @Nullable Long stopAfterFailures;

    @Option(
            names = "--iterations-per-batch",
            paramLabel = "N",
            description = "Iterations in each batch. Default: the target's.")
    private @Nullable Integer iterationsPerBatch;

    @Option(
            names = "--no-checkpoints",
            description = "Do not store snapshots of failures; ./bohrwerk replay FAILURE --checkpoints recreates them.")
    private boolean noCheckpoints;

    @Mixin
    private SettingOptions setting = new SettingOptions();

    @Option(
            names = "--priority",
            paramLabel = "low|normal|high",
            description = "The job's share of the machines while other jobs want them too: 1, 4, 16. Default: normal")
    private @Nullable String priority;

    @Option(names = "--wall-time", paramLabel = "TIME", description = "Time limit, such as 90s or 10m.")
    private @Nullable String wallTime;

    /** The request's body. */
    ObjectNode request() throws IOException {
        ObjectNode job = file == null ? YAML.createObjectNode() : read(file);
        put(job, "target", target);
        put(job, "name", name);
        put(job, "iterations", iterations);
        put(job, "stopAfterFailures", stopAfterFailures);
        if (rateBelow != null || confidence != null) {
            ObjectNode rule = YAML.createObjectNode();
            put(rule, "rate", rateBelow);
            rule.put("confidence", confidence == null ? DEFAULT_CONFIDENCE : confidence);
            job.set("stopWhenRateBelow", rule);
        }
        put(job, "iterationsPerBatch", iterationsPerBatch);
        put(job, "wallTime", wallTime);
        put(job, "priority", priority);
        setting.into(job);
        put(job, "keepCheckpoints", noCheckpoints ? false : null);
        if (!job.has("strategy") || !named().isEmpty()) {
            job.set("strategy", strategy());
        }
        return job;
    }

    private ObjectNode strategy() {
        String kind = strategy == null ? "random" : strategy.toLowerCase(Locale.ROOT);
        ObjectNode chosen = YAML.createObjectNode();
        chosen.put("kind", kind);
        ObjectNode named = named();
        named.remove("kind");
        if (kind.equals("fixed") && shifts != null && shifts.size() == 1) {
            named.remove("shifts");
            chosen.put("shift", shifts.get(0));
        }
        chosen.setAll(named);
        return chosen;
    }

    /** What options say of the strategy. */
    private ObjectNode named() {
        ObjectNode named = YAML.createObjectNode();
        put(named, "kind", strategy);
        if (shifts != null) {
            ArrayNode all = named.putArray("shifts");
            shifts.forEach(all::add);
        }
        put(named, "seed", seed);
        put(named, "delay", delay);
        put(named, "step", step);
        put(named, "length", length);
        if (arms != null) {
            ArrayNode all = named.putArray("strategies");
            arms.forEach(all::add);
        }
        if (aim != null) {
            ArrayNode all = named.putArray("aim");
            aim.forEach(all::add);
        }
        put(named, "buckets", buckets);
        put(named, "floor", floor);
        if (slices != null) {
            ArrayNode all = named.putArray("slices");
            slices.forEach(all::add);
        }
        if (drawnSlices != null) {
            if (drawnSlices.size() != 2) {
                throw new InvalidInputException("--drawn-slices", drawnSlices, "must be two numbers: LEAST,MOST");
            }
            named.putObject("drawnSlices").put("least", drawnSlices.get(0)).put("most", drawnSlices.get(1));
        }
        return named;
    }

    private static void put(ObjectNode node, String field, @Nullable Object value) {
        if (value != null) {
            node.putPOJO(field, value);
        }
    }

    private static ObjectNode read(Path file) throws IOException {
        try {
            JsonNode document = YAML.readTree(Files.readString(file));
            if (document instanceof ObjectNode job) {
                return job;
            }
            throw new InvalidInputException("", file, "must hold a job's fields");
        } catch (JacksonException e) {
            throw new InvalidInputException("", file, "must be well-formed YAML: " + e.getOriginalMessage());
        }
    }
}
