package io.bohrwerk.client;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What came of a hunt, as {@code --json} prints it in one line.
 *
 * @param message why it ended in an error, or what there is to say of its end; null for nothing
 * @param failuresBeyondStopRule of the failures, those that came in after the job's end
 * @param failureId the first failure, or null
 * @param failedIteration its number in its batch
 * @param secondsToFailure from the first batch's start to that failure's report
 * @param replayNote why not, where it is not verified; empty when it is, or when nothing failed. For the terminal only
 * @param artifacts paths of the downloaded files
 */
public record HuntResult(
        String jobId,
        String state,
        @Nullable String message,
        long iterations,
        long failures,
        long failuresBeyondStopRule,
        @Nullable String failureId,
        @Nullable Long failedIteration,
        @Nullable Double secondsToFailure,
        boolean replayVerified,
        @JsonIgnore String replayNote,
        ArtifactPaths artifacts) {
    /** Null for what was not kept. */
    public record ArtifactPaths(
            @Nullable String mergedLog,
            @Nullable String snapshot,
            @Nullable String recording,
            @Nullable String manifest) {
        private static ArtifactPaths of(Map<ArtifactKind, Path> files) {
            return new ArtifactPaths(
                    path(files, ArtifactKind.MERGED_LOG),
                    path(files, ArtifactKind.SNAPSHOT),
                    path(files, ArtifactKind.RECORDING),
                    path(files, ArtifactKind.MANIFEST));
        }

        private static @Nullable String path(Map<ArtifactKind, Path> files, ArtifactKind kind) {
            Path file = files.get(kind);
            return file == null ? null : file.toAbsolutePath().toString();
        }
    }

    /** Asks for the first failure's particulars and downloads it below {@code downloads}. */
    public static HuntResult of(ApiClient api, JobStatus job, Path downloads) throws IOException, InterruptedException {
        String failure = job.firstFailure();
        if (failure == null) {
            return new HuntResult(
                    job.id(),
                    job.state(),
                    job.message(),
                    job.iterations(),
                    job.failures(),
                    job.failuresBeyond(),
                    null,
                    null,
                    null,
                    false,
                    "",
                    ArtifactPaths.of(Map.of()));
        }
        JsonNode view = api.get("/failures/" + failure);
        Map<ArtifactKind, Path> files = Artifacts.download(api, failure, downloads.resolve(failure));
        return new HuntResult(
                job.id(),
                job.state(),
                job.message(),
                job.iterations(),
                job.failures(),
                job.failuresBeyond(),
                failure,
                view.path("iteration").asLong(),
                job.secondsToFirstFailure(),
                view.path("replay").asString().equals(ReplayVerdict.VERIFIED.name()),
                view.path("replayNote").asString(""),
                ArtifactPaths.of(files));
    }

    public String json() {
        return Wire.writeText(this);
    }
}
