package io.bohrwerk.api.failure;

import io.bohrwerk.api.artifact.ArtifactView;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A failure as the API shows it: the failed iteration, what it is a function of, and where its artifacts are.
 *
 * @param title of what the guest's kernel said of its own trouble; null when it said nothing
 * @param damage why that is not to be trusted, in a few words; empty when it is
 */
public record FailureView(
        UUID id,
        UUID jobId,
        UUID batchId,
        UUID crashId,
        int attempt,
        String workerId,
        long iteration,
        Outcome outcome,
        String reason,
        long instructionCount,
        String report,
        ReplayVerdict replay,
        String replayNote,
        Coordinates coordinates,
        List<ArtifactView> artifacts,
        Instant occurredAt,
        @Nullable String title,
        @Nullable String damage) {
    public static FailureView from(Failure failure) {
        return new FailureView(
                failure.id(),
                failure.jobId(),
                failure.batchId(),
                failure.crashId(),
                failure.attempt(),
                failure.workerId(),
                failure.iteration(),
                failure.outcome(),
                failure.reason(),
                failure.instructionCount(),
                failure.report(),
                failure.replay(),
                failure.replayNote(),
                failure.coordinates(),
                failure.artifacts().stream()
                        .map(artifact -> ArtifactView.from(artifact, url(failure.id(), artifact.kind())))
                        .toList(),
                failure.occurredAt(),
                failure.title(),
                failure.damage());
    }

    /** Without the report, which may be as long as a page of failures is otherwise. */
    FailureView withoutReport() {
        return new FailureView(
                id,
                jobId,
                batchId,
                crashId,
                attempt,
                workerId,
                iteration,
                outcome,
                reason,
                instructionCount,
                "",
                replay,
                replayNote,
                coordinates,
                artifacts,
                occurredAt,
                title,
                damage);
    }

    private static String url(UUID failure, ArtifactKind kind) {
        String resource = kind == ArtifactKind.MERGED_LOG ? "log" : kind.name().toLowerCase(Locale.ROOT);
        return "/api/v1/failures/" + failure + "/" + resource;
    }
}
