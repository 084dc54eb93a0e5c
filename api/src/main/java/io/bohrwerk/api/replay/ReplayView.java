package io.bohrwerk.api.replay;

import io.bohrwerk.api.artifact.ArtifactView;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.LogClass;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A replay as the API shows it.
 *
 * @param window what was ordered; empty for all of the batch. What the log covers says {@code result.log}
 * @param times how often it is replayed, or goes on from each point
 * @param points from which the machine goes on otherwise; null for every mode but {@code WHEN}
 * @param runsDone while it is under way: how many replays were made, or of a search, how many machines were run; as far as was heard
 * @param message of the latest trouble, or why it was refused; null when there is nothing to say
 */
record ReplayView(
        UUID id,
        UUID failureId,
        ReplayState state,
        ReplayMode mode,
        List<String> logClasses,
        LogWindow window,
        int times,
        @Nullable Integer points,
        int attempt,
        long runsDone,
        @Nullable Result result,
        @Nullable String message,
        @Nullable String workerId,
        List<ArtifactView> artifacts,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {
    /**
     * What came of it.
     *
     * @param verdict for people: {@code 5 of 5}
     * @param same how many replays ended with the same outcome, instruction count and consoles
     * @param difference what was not the same in the first that differed; empty when none did
     * @param log what its log covers; null when none was ordered
     * @param summary what a comparison found, one line; null when none was ordered
     */
    record Result(
            String verdict,
            int same,
            int of,
            String difference,
            ReplayReport.@Nullable LogCover log,
            @Nullable String summary) {}

    /** Of one that was ordered just now, or has ended. */
    static ReplayView from(Replay replay) {
        return from(replay, 0);
    }

    static ReplayView from(Replay replay, long runsDone) {
        Replay.Result result = replay.result();
        return new ReplayView(
                replay.id(),
                replay.failureId(),
                replay.state(),
                replay.mode(),
                replay.logClasses().stream().map(LogClass::word).toList(),
                replay.logWindow(),
                replay.times(),
                replay.points(),
                replay.attempt(),
                runsDone,
                result == null
                        ? null
                        : new Result(
                                result.same() + " of " + result.of(),
                                result.same(),
                                result.of(),
                                result.difference(),
                                result.log(),
                                result.summary()),
                replay.message(),
                replay.workerId(),
                replay.artifacts().stream()
                        .map(artifact -> ArtifactView.from(artifact, url(replay, artifact.kind())))
                        .toList(),
                replay.createdAt(),
                replay.startedAt(),
                replay.finishedAt());
    }

    /** Snapshots that a replay made are its failure's from then on. */
    private static String url(Replay replay, ArtifactKind kind) {
        return switch (kind) {
            case SNAPSHOT -> "/api/v1/failures/" + replay.failureId() + "/snapshot";
            case MERGED_LOG_INDEX -> "/api/v1/replays/" + replay.id() + "/log/index";
            case DIVERGENCE -> "/api/v1/replays/" + replay.id() + "/divergence";
            case ADJACENT -> "/api/v1/replays/" + replay.id() + "/adjacent";
            case WHEN_CURVE -> "/api/v1/replays/" + replay.id() + "/when";
            default -> "/api/v1/replays/" + replay.id() + "/log";
        };
    }
}
