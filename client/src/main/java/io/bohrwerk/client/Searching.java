package io.bohrwerk.client;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** An ordered replay or search, followed to its end. */
public final class Searching {
    private static final Set<String> UNDER_WAY = Set.of("QUEUED", "RUNNING");
    private static final long POLL_MILLIS = 300;

    private Searching() {}

    /**
     * Waits until it has ended.
     *
     * @param replay as the order was answered
     * @param out takes lines on how it goes on; standard error, where standard output is for the result alone
     * @return the replay as it ended
     */
    public static JsonNode await(ApiClient api, JsonNode replay, PrintWriter out)
            throws IOException, InterruptedException {
        ProgressLine progress = ProgressLine.on(out, "");
        JsonNode now = replay;
        try {
            while (UNDER_WAY.contains(now.path("state").asString())) {
                progress.show(line(now, Instant.now()));
                Thread.sleep(POLL_MILLIS);
                now = api.get("/replays/" + now.path("id").asString());
            }
            return now;
        } finally {
            progress.clear();
        }
    }

    static String line(JsonNode replay, Instant now) {
        boolean begun = replay.path("startedAt").isString();
        String since = replay.path(begun ? "startedAt" : "createdAt").asString("");
        long seconds = since.isEmpty()
                ? 0
                : Math.max(0, Duration.between(Instant.parse(since), now).toSeconds());
        String mode = replay.path("mode").asString("replay").toLowerCase(Locale.ROOT);
        String message = replay.path("message").asString("");
        return mode + ": "
                + (begun
                        ? String.format(
                                Locale.ROOT,
                                "running for %d s, %,d runs",
                                seconds,
                                replay.path("runsDone").asLong(0))
                        : "waiting for a free machine for " + seconds + " s")
                + (message.isEmpty() ? "" : "; " + message);
    }
}
