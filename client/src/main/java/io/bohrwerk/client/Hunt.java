package io.bohrwerk.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** A submitted job, followed to its end. */
public final class Hunt {
    /** The end of a job is seen this late at most. */
    private static final Duration POLL = Duration.ofMillis(250);
    /** A server that is being restarted is back by then. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);

    private final ApiClient api;
    private final String job;

    private Hunt(ApiClient api, String job) {
        this.api = api;
        this.job = job;
    }

    public static Hunt submit(ApiClient api, JsonNode request) throws IOException, InterruptedException {
        return new Hunt(api, api.post("/jobs", request).path("id").asString());
    }

    public static Hunt of(ApiClient api, String job) {
        return new Hunt(api, job);
    }

    public String job() {
        return job;
    }

    public JobStatus status() throws IOException, InterruptedException {
        return JobStatus.from(api.get("/jobs/" + job));
    }

    /** How many of a traced job's interrupts landed on the very instruction that they were meant for, at each shift. */
    private List<String> exactness() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (JsonNode shift : api.get("/jobs/" + job + "/coverage").path("shifts")) {
            JsonNode exact = shift.path("exact");
            lines.add(String.format(
                    Locale.ROOT,
                    "shift %d: %,d of %,d places interrupted; %s",
                    shift.path("shift").asInt(),
                    shift.path("tried").asInt(0),
                    shift.path("places").asInt(0),
                    exact.isNumber()
                            ? String.format(
                                    Locale.ROOT,
                                    "%.0f %% of the interrupts checked landed on exactly their instruction",
                                    100 * exact.asDouble())
                            : "where its interrupts landed was not seen"));
        }
        return lines;
    }

    /** Waits for the job's end, and tells how it goes on, also across a restart of the server. */
    public JobStatus follow(ProgressLine progress) throws IOException, InterruptedException {
        try {
            return awaitEnd(progress);
        } finally {
            progress.clear();
        }
    }

    private JobStatus awaitEnd(ProgressLine progress) throws IOException, InterruptedException {
        Instant lastAnswer = Instant.now();
        while (true) {
            try {
                JobStatus status = status();
                lastAnswer = Instant.now();
                if (status.ended()) {
                    progress.keep(status.line(lastAnswer));
                    if (status.traced()) {
                        exactness().forEach(progress::keep);
                    }
                    return status;
                }
                progress.show(status.line(lastAnswer));
            } catch (ApiException e) {
                boolean gone = e.status() == 0 || e.status() >= 500;
                if (!gone || lastAnswer.plus(SILENCE_LIMIT).isBefore(Instant.now())) {
                    throw e;
                }
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}
