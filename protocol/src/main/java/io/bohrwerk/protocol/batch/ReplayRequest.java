package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import java.util.List;
import java.util.UUID;

/**
 * Replay a failure. All that is known of it stands in its manifest, which is in the blob store.
 *
 * @param attempt from 1; counts infrastructure retries
 * @param manifest digest of the failure's {@link ArtifactKind#MANIFEST}
 * @param logClasses for {@link ReplayMode#LOG}; else empty
 * @param window for {@link ReplayMode#LOG}; of no meaning else
 * @param times how often it is replayed; 1 to 100
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
        int times)
        implements Work {
    static final String TYPE = "replay";
    public static final int MOST_TIMES = 100;

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
    }

    /** Tells it from a batch. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public String type() {
        return TYPE;
    }

    @Override
    public UUID id() {
        return replayId;
    }
}
