package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

import java.util.List;

/**
 * The iteration that ended a batch, and what was kept of it.
 *
 * @param iteration number in the batch, from 1. When the guest died without a word: the first that had not been reported as passed
 * @param outcome never {@code PASSED}
 * @param reason one line: the agent's words, or the emulator's
 * @param instructionCount the emulator's instruction count at which the machine stopped
 * @param report the end of the guest's console, bounded
 * @param replayNote one line on the verdict: what differed, or what kept it from being replayed; empty when verified
 * @param checkpoints in their order; empty when it was not replayed, and in messages of older processes
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
        List<Checkpoint> checkpoints) {
    public FailedIteration {
        present(outcome, "outcome");
        present(reason, "reason");
        present(report, "report");
        present(replay, "replay");
        present(replayNote, "replayNote");
        present(artifacts, "artifacts");
        artifacts = List.copyOf(artifacts);
        checkpoints = checkpoints == null ? List.of() : List.copyOf(checkpoints);
    }

    /** Without checkpoints. */
    public FailedIteration(
            long iteration,
            Outcome outcome,
            String reason,
            long instructionCount,
            String report,
            ReplayVerdict replay,
            String replayNote,
            List<ArtifactReference> artifacts) {
        this(iteration, outcome, reason, instructionCount, report, replay, replayNote, artifacts, List.of());
    }
}
