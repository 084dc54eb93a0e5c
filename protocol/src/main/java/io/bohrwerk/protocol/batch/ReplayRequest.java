package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Replay a failure. All that is known of it stands in its manifest, which is in the blob store.
 *
 * @param attempt from 1; counts infrastructure retries
 * @param manifest digest of the failure's {@link ArtifactKind#MANIFEST}
 * @param logClasses for {@link ReplayMode#LOG}; else empty
 * @param window for {@link ReplayMode#LOG}; of no meaning else
 * @param times how often it is replayed, for {@link ReplayMode#WHEN} how often the machine goes on from each point; 1 to 100
 * @param points for {@link ReplayMode#WHEN}; else null
 */
public record ReplayRequest(
        int version,
        UUID replayId,
        UUID failureId,
        int attempt,
        Digest manifest,
        ReplayMode mode,
        List<LogClass> logClasses,
        LogWindow window,
        int times,
        @Nullable Integer points)
        implements Work {
    public static final String KIND = "replay";
    public static final int MOST_TIMES = 100;
    public static final int FEWEST_POINTS = 2;
    public static final int MOST_POINTS = 30;

    /** Without points. */
    public ReplayRequest(
            int version,
            UUID replayId,
            UUID failureId,
            int attempt,
            Digest manifest,
            ReplayMode mode,
            List<LogClass> logClasses,
            LogWindow window,
            int times) {
        this(version, replayId, failureId, attempt, manifest, mode, logClasses, window, times, null);
    }

    public ReplayRequest {
        Wire.requireKnown(version);
        present(replayId, "replayId");
        present(failureId, "failureId");
        present(manifest, "manifest");
        present(mode, "mode");
        present(window, "window");
        logClasses = List.copyOf(present(logClasses, "logClasses"));
        require(attempt >= 1, "attempt", attempt, "must be at least 1");
        require(times >= 1 && times <= MOST_TIMES, "times", times, "must be between 1 and " + MOST_TIMES);
        require(
                points == null ? mode != ReplayMode.WHEN : points >= FEWEST_POINTS && points <= MOST_POINTS,
                "points",
                String.valueOf(points),
                "must be between " + FEWEST_POINTS + " and " + MOST_POINTS + " for the mode when");
    }

    @Override
    @JsonProperty(value = "type", access = JsonProperty.Access.READ_ONLY)
    public String kind() {
        return KIND;
    }

    @Override
    public UUID id() {
        return replayId;
    }

    @Override
    public @Nullable UUID jobId() {
        return null;
    }

    @Override
    public String key() {
        return failureId.toString();
    }
}
