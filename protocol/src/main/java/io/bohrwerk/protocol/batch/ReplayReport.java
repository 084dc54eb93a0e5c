package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bohrwerk.protocol.Wire;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt at a replay. May arrive more than once; the pair of replay and attempt tells copies apart.
 *
 * @param workerId who did it
 */
public record ReplayReport(
        int version,
        UUID replayId,
        UUID failureId,
        int attempt,
        String workerId,
        Instant startedAt,
        Instant finishedAt,
        Result result)
        implements Report {
    public ReplayReport {
        Wire.requireKnown(version);
        present(replayId, "replayId");
        present(failureId, "failureId");
        present(workerId, "workerId");
        present(startedAt, "startedAt");
        present(finishedAt, "finishedAt");
        present(result, "result");
    }

    @Override
    public String kind() {
        return ReplayRequest.KIND;
    }

    @Override
    public UUID workId() {
        return replayId;
    }

    @Override
    public @Nullable Trouble trouble() {
        return result instanceof Troubled troubled ? troubled : null;
    }

    @Override
    public String key() {
        return failureId.toString();
    }

    /** Replayed, refused, or infrastructure trouble. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Replayed.class, name = "replayed"),
        @JsonSubTypes.Type(value = OtherEmulator.class, name = "otherEmulator"),
        @JsonSubTypes.Type(value = Troubled.class, name = "troubled")
    })
    public sealed interface Result {}

    /**
     * The replays went to their ends.
     *
     * @param same how many of them ended with the same outcome, instruction count and consoles
     * @param times how many there were
     * @param difference what was not the same in the first that differed; empty when none did
     * @param log what its log covers; null when none was asked for
     * @param artifacts what it leaves
     * @param summary what a comparison with other runs found, one line for people; null when none was asked for
     */
    public record Replayed(
            int same,
            int times,
            String difference,
            @Nullable LogCover log,
            List<ArtifactReference> artifacts,
            @Nullable String summary)
            implements Result {
        /** Without a comparison. */
        public Replayed(
                int same, int times, String difference, @Nullable LogCover log, List<ArtifactReference> artifacts) {
            this(same, times, difference, log, artifacts, null);
        }

        public Replayed {
            present(difference, "difference");
            artifacts = List.copyOf(present(artifacts, "artifacts"));
            require(same >= 0 && same <= times, "same", same, "must be between 0 and times, " + times);
        }
    }

    /**
     * What a log covers: not less than was asked for, and often more, as iterations are known by the agent's reports.
     *
     * @param fromIteration the first that lies in it as a whole; null when only the instruction count is known
     * @param toIteration the last
     * @param bytes before compression
     * @param cut whether the log reached its limit, so that its end is missing
     */
    public record LogCover(
            @Nullable Long fromIteration,
            @Nullable Long toIteration,
            long fromInstruction,
            long toInstruction,
            long bytes,
            boolean cut) {}

    /**
     * This worker has another version of the emulator than the one that recorded.
     *
     * @param recorded the version that can replay it
     * @param here the worker's
     */
    public record OtherEmulator(String recorded, String here) implements Result {
        public OtherEmulator {
            present(recorded, "recorded");
            present(here, "here");
        }
    }

    /**
     * The attempt says nothing about the failure.
     *
     * @param message one line for people
     */
    public record Troubled(InfrastructureTrouble kind, String message) implements Result, Trouble {
        public Troubled {
            present(kind, "kind");
            present(message, "message");
        }
    }
}
