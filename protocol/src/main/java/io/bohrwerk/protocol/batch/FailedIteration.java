package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The iteration that ended a batch, and what was kept of it.
 *
 * @param iteration number in the batch, from 1. When the guest died without a word: the first that had not been reported as passed
 * @param outcome never {@code PASSED}
 * @param reason one line: the agent's words, or the emulator's
 * @param instructionCount the emulator's instruction count at which the guest began to say that it failed; at which the machine stopped, if
 *     the guest said nothing
 * @param report what the guest's kernel said of its own trouble, if it did; else the end of the guest's console. Bounded
 * @param replayNote one line on the verdict: what differed, or what kept it from being replayed; empty when verified
 * @param checkpoints in their order; empty when it was not replayed, and in messages of older processes
 * @param title of what the guest's kernel said of its trouble, without what differs from run to run; null when it said nothing
 * @param damage why that is not to be trusted, in a few words; empty when it is whole, null when there is none
 * @param alternatives other titles that reports of the same bug may have; empty in messages of older processes
 * @param frames the top of the report's stack, innermost first, without functions that say nothing; empty in messages of older processes
 * @param note what the guest said after its failure against the protocol, one line; null when nothing
 */
public record FailedIteration(
        long iteration,
        Outcome outcome,
        String reason,
        long instructionCount,
        String report,
        ReplayVerdict replay,
        String replayNote,
        List<ArtifactReference> artifacts,
        List<Checkpoint> checkpoints,
        @Nullable String title,
        @Nullable String damage,
        List<String> alternatives,
        List<String> frames,
        @Nullable String note) {
    public FailedIteration {
        present(outcome, "outcome");
        present(reason, "reason");
        present(report, "report");
        present(replay, "replay");
        present(replayNote, "replayNote");
        present(artifacts, "artifacts");
        artifacts = List.copyOf(artifacts);
        checkpoints = checkpoints == null ? List.of() : List.copyOf(checkpoints);
        alternatives = alternatives == null ? List.of() : List.copyOf(alternatives);
        frames = frames == null ? List.of() : List.copyOf(frames);
    }

    /** Whose report, if there is one, has one title and no stack. */
    public FailedIteration(
            long iteration,
            Outcome outcome,
            String reason,
            long instructionCount,
            String report,
            ReplayVerdict replay,
            String replayNote,
            List<ArtifactReference> artifacts,
            List<Checkpoint> checkpoints,
            @Nullable String title,
            @Nullable String damage) {
        this(
                iteration,
                outcome,
                reason,
                instructionCount,
                report,
                replay,
                replayNote,
                artifacts,
                checkpoints,
                title,
                damage,
                List.of(),
                List.of(),
                null);
    }

    /** Without checkpoints, and of which the guest's kernel said nothing. */
    public FailedIteration(
            long iteration,
            Outcome outcome,
            String reason,
            long instructionCount,
            String report,
            ReplayVerdict replay,
            String replayNote,
            List<ArtifactReference> artifacts) {
        this(
                iteration,
                outcome,
                reason,
                instructionCount,
                report,
                replay,
                replayNote,
                artifacts,
                List.of(),
                null,
                null);
    }
}
