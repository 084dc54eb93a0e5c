package io.bohrwerk.api.failure;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.artifact.ArtifactView;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.Checkpoint;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A failure as the API shows it: the failed iteration, what it is a function of, and where its artifacts are.
 *
 * @param delay instructions that the agent waited before the iteration, after a timer interrupt where its schedule is aligned; null when its
 *     schedule does not tell
 * @param title of what the guest's kernel said of its own trouble; null when it said nothing
 * @param damage why that is not to be trusted, in a few words; empty when it is
 * @param subtests how those of its iteration ended; null where the test has none
 * @param artifactsRemovedAt when retention took its artifacts away; null while it has them
 * @param signature the key that it is grouped by
 * @param frames the top of its stack, innermost first; empty where there is none
 * @param instructionCount of the failure, see {@link io.bohrwerk.protocol.batch.FailedIteration}
 * @param note what the guest said after its failure against the protocol; null when nothing
 * @param extraInterrupt instructions behind the begin of its iteration's test at which the extra interrupt came; null where there was none
 * @param beyondStopRule whether its job had ended when it was reported
 */
public record FailureView(
        UUID id,
        UUID jobId,
        UUID batchId,
        UUID crashId,
        int attempt,
        String workerId,
        long iteration,
        @Nullable Long delay,
        Outcome outcome,
        String reason,
        long instructionCount,
        String report,
        ReplayVerdict replay,
        String replayNote,
        Coordinates coordinates,
        List<ArtifactView> artifacts,
        List<CheckpointView> checkpoints,
        Instant occurredAt,
        @Nullable String title,
        @Nullable String damage,
        @Nullable SubtestCounts subtests,
        @Nullable Instant artifactsRemovedAt,
        String signature,
        List<String> frames,
        @Nullable Long extraInterrupt,
        @Nullable String note,
        boolean beyondStopRule) {
    /**
     * Where a new machine can begin.
     *
     * @param instruction the emulator's count there
     * @param image digest of the image that holds it; null when it was not kept, and a replay of mode {@code checkpoints} makes it
     * @param snapshot its name in that image
     */
    public record CheckpointView(
            String name, long instruction, @Nullable Digest image, String snapshot) {}

    /** The snapshot that all batches of a target begin from. */
    private static final String READY = "ready";

    public static FailureView from(Failure failure) {
        return new FailureView(
                failure.id(),
                failure.jobId(),
                failure.batchId(),
                failure.crashId(),
                failure.attempt(),
                failure.workerId(),
                failure.iteration(),
                delay(failure),
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
                failure.checkpoints().stream()
                        .map(checkpoint -> view(failure, checkpoint))
                        .toList(),
                failure.occurredAt(),
                failure.title(),
                failure.damage(),
                failure.subtests(),
                failure.artifactsRemovedAt(),
                failure.signature(),
                failure.frames(),
                extraInterrupt(failure),
                failure.note(),
                failure.beyondStopRule());
    }

    private static @Nullable Long extraInterrupt(Failure failure) {
        Setting setting = failure.coordinates().schedule().setting();
        return setting == null || setting.extra() == null
                ? null
                : (Long) setting.extra().at(failure.iteration() - 1);
    }

    private static @Nullable Long delay(Failure failure) {
        Schedule schedule = failure.coordinates().schedule();
        long place = failure.iteration() - 1;
        return schedule.delays().isEmpty() || place < schedule.delays().size()
                ? (Long) Delays.before(schedule, place)
                : null;
    }

    private static CheckpointView view(Failure failure, Checkpoint checkpoint) {
        boolean start = checkpoint.name().equals(Checkpoint.START);
        Digest image = start
                ? failure.coordinates().snapshot()
                : failure.artifact(ArtifactKind.SNAPSHOT).map(Artifact::digest).orElse(null);
        return new CheckpointView(
                checkpoint.name(), checkpoint.instruction(), image, start ? READY : checkpoint.name());
    }

    /** Without the report, which may be as long as a page of failures is otherwise. */
    public FailureView withoutReport() {
        return new FailureView(
                id,
                jobId,
                batchId,
                crashId,
                attempt,
                workerId,
                iteration,
                delay,
                outcome,
                reason,
                instructionCount,
                "",
                replay,
                replayNote,
                coordinates,
                artifacts,
                checkpoints,
                occurredAt,
                title,
                damage,
                subtests,
                artifactsRemovedAt,
                signature,
                frames,
                extraInterrupt,
                note,
                beyondStopRule);
    }

    private static String url(UUID failure, ArtifactKind kind) {
        String resource = switch (kind) {
            case MERGED_LOG -> "log";
            case MERGED_LOG_INDEX -> "log/index";
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
        return "/api/v1/failures/" + failure + "/" + resource;
    }
}
