package io.bohrwerk.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the API says of a job, as far as it is shown here.
 *
 * @param iterations of batches that have ended: what the failures are counted in
 * @param iterationsRunning passed in batches that still run
 * @param failuresBeyond of them, those that came in after the job's end
 * @param places how many of its places were tried, as {@code 500 of 62,500 places}; null for strategies that draw
 * @param traced whether its strategy is traced, of which there is more to tell
 * @param sample whether failures over iterations are a rate of what plain looping, or drawing, would meet
 * @param verdict of "is it fixed?", or null
 * @param confidenceReached of the verdict, or null
 * @param message why it ended in an error, or null
 * @param firstFailure its id, or null
 * @param secondsToFirstFailure since the job's first batch ran, or null
 */
public record JobStatus(
        String id,
        String state,
        long iterations,
        long iterationsRunning,
        long failures,
        long failuresBeyond,
        int machines,
        @Nullable String places,
        boolean traced,
        boolean sample,
        @Nullable String verdict,
        @Nullable Double confidenceReached,
        @Nullable String message,
        @Nullable String firstFailure,
        @Nullable Double secondsToFirstFailure,
        Instant startedAt,
        @Nullable Instant finishedAt) {
    private static final Set<String> TERMINAL = Set.of("COMPLETED", "CANCELLED", "ERROR");

    static JobStatus from(JsonNode job) {
        String started = text(job, "startedAt");
        String finished = text(job, "finishedAt");
        return new JobStatus(
                job.path("id").asString(),
                job.path("state").asString(),
                job.path("iterations").asLong(0),
                job.path("iterationsRunning").asLong(0),
                job.path("failures").asLong(0),
                job.path("beyondStopRule").path("failures").asLong(0),
                job.path("machines").asInt(0),
                places(job.path("coverage")),
                job.path("strategy").path("kind").asString("").equals("traced"),
                // A server that does not tell knows no other strategies than those that are.
                !job.has("rateMeaning") || job.path("failureRate").path("low").isNumber(),
                text(job.path("isItFixed"), "verdict"),
                job.path("isItFixed").path("confidenceReached").isNumber()
                        ? job.path("isItFixed").path("confidenceReached").asDouble()
                        : null,
                text(job, "message"),
                text(job, "firstFailureId"),
                job.path("secondsToFirstFailure").isNumber()
                        ? job.path("secondsToFirstFailure").asDouble()
                        : null,
                started == null ? Instant.now() : Instant.parse(started),
                finished == null ? null : Instant.parse(finished));
    }

    private static @Nullable String places(JsonNode coverage) {
        return coverage.isObject()
                ? String.format(
                        Locale.ROOT,
                        "%,d of %,d places",
                        coverage.path("covered").asLong(0),
                        coverage.path("of").asLong(0))
                : null;
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() ? value.asString() : null;
    }

    public boolean ended() {
        return TERMINAL.contains(state);
    }

    public boolean completed() {
        return state.equals("COMPLETED");
    }

    /** One line, as of {@code now}. */
    public String line(Instant now) {
        Duration elapsed = Duration.between(startedAt, finishedAt == null ? now : finishedAt);
        return StatusLine.of(elapsed.isNegative() ? Duration.ZERO : elapsed, iterations, failures, machines, sample)
                + (places == null ? "" : ", " + places)
                + (ended() || iterationsRunning == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %,d more iterations under way", iterationsRunning))
                + (failuresBeyond == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %,d of the failures beyond the stop rule", failuresBeyond));
    }
}
