package io.bohrwerk.standalone.command;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A job, as a file or as options, or as a file some of whose fields options replace. What it may say, the server knows. */
final class JobOptions {
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    @Parameters(arity = "0..1", paramLabel = "JOB.yaml", description = "The job, as the API takes it, in YAML or JSON.")
    private @Nullable Path file;

    @Option(names = "--target", paramLabel = "ID", description = "The target's id, or its first 8 digits or more.")
    private @Nullable String target;

    @Option(names = "--name", description = "What people call the job.")
    private @Nullable String name;

    @Option(names = "--iterations", paramLabel = "N", description = "Most iterations to run.")
    private @Nullable Long iterations;

    @Option(names = "--strategy", description = "fixed or random. Default: random")
    private @Nullable String strategy;

    @Option(
            names = "--shift",
            split = ",",
            paramLabel = "SHIFT",
            description = "How slow the virtual CPU is: an instruction lasts 2^SHIFT ns. Several for random, as 4,6")
    private @Nullable List<Integer> shifts;

    @Option(names = "--seed", description = "Of the random delays. Default: another for each job")
    private @Nullable Long seed;

    @Option(names = "--delay", paramLabel = "N", description = "Instructions before each iteration, for fixed.")
    private @Nullable Long delay;

    @Option(names = "--stop-after-failures", paramLabel = "N", description = "0 for never.")
    private @Nullable Long stopAfterFailures;

    @Option(names = "--iterations-per-batch", paramLabel = "N", description = "Default: the target's own.")
    private @Nullable Integer iterationsPerBatch;

    @Option(
            names = "--no-checkpoints",
            description = "Do not store the snapshots of failures; ./bohrwerk replay FAILURE --checkpoints makes them.")
    private boolean noCheckpoints;

    @Option(names = "--wall-time", paramLabel = "TIME", description = "Most time to take, as 90s or 10m.")
    private @Nullable String wallTime;

    /** The request's body. */
    ObjectNode request() throws IOException {
        ObjectNode job = file == null ? YAML.createObjectNode() : read(file);
        put(job, "target", target);
        put(job, "name", name);
        put(job, "iterations", iterations);
        put(job, "stopAfterFailures", stopAfterFailures);
        put(job, "iterationsPerBatch", iterationsPerBatch);
        put(job, "wallTime", wallTime);
        put(job, "keepCheckpoints", noCheckpoints ? false : null);
        if (strategy != null || shifts != null || seed != null || delay != null || !job.has("strategy")) {
            job.set("strategy", strategy());
        }
        return job;
    }

    private ObjectNode strategy() {
        String kind = strategy == null ? "random" : strategy.toLowerCase(Locale.ROOT);
        ObjectNode chosen = YAML.createObjectNode();
        chosen.put("kind", kind);
        if (shifts != null && kind.equals("fixed") && shifts.size() == 1) {
            chosen.put("shift", shifts.get(0));
        } else if (shifts != null) {
            ArrayNode all = chosen.putArray("shifts");
            shifts.forEach(all::add);
        }
        put(chosen, "seed", seed);
        put(chosen, "delay", delay);
        return chosen;
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
