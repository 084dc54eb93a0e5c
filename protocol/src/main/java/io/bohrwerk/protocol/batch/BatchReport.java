package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bohrwerk.protocol.Wire;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt at a batch. May arrive more than once; the pair of batch and attempt tells copies apart.
 *
 * @param workerId who ran it
 */
public record BatchReport(
        int version,
        UUID batchId,
        UUID jobId,
        int attempt,
        String workerId,
        Instant startedAt,
        Instant finishedAt,
        Result result)
        implements Report {
    public BatchReport {
        Wire.requireKnown(version);
        present(batchId, "batchId");
        present(jobId, "jobId");
        present(workerId, "workerId");
        present(startedAt, "startedAt");
        present(finishedAt, "finishedAt");
        present(result, "result");
    }

    @Override
    public String kind() {
        return BatchRequest.KIND;
    }

    @Override
    public UUID workId() {
        return batchId;
    }

    @Override
    public @Nullable Trouble trouble() {
        return result instanceof Troubled troubled ? troubled : null;
    }

    @Override
    public String key() {
        return jobId.toString();
    }

    /** Either iterations with outcomes, or infrastructure trouble. Never both. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Finished.class, name = "finished"),
        @JsonSubTypes.Type(value = Troubled.class, name = "troubled")
    })
    public sealed interface Result {}

    /**
     * The batch ran until its last iteration or its first failing one.
     *
     * @param iterations executed, the failing one included
     * @param instructions executed in this batch by the virtual CPU
     * @param millisToFirstIteration host time from taking the batch to the guest's first iteration
     * @param failure null when all passed
     * @param subtests of the last iteration that told of them; null when none did, and in messages of older processes
     * @param unexpectedPasses each subtest once; empty in messages of older processes
     */
    public record Finished(
            Coordinates coordinates,
            long iterations,
            long instructions,
            long millisToFirstIteration,
            @Nullable FailedIteration failure,
            @Nullable SubtestCounts subtests,
            List<UnexpectedPass> unexpectedPasses)
            implements Result {
        public Finished {
            present(coordinates, "coordinates");
            unexpectedPasses = unexpectedPasses == null
                    ? List.of()
                    : unexpectedPasses.stream().limit(UnexpectedPass.MOST).toList();
        }

        /** Of a test that has no subtests. */
        public Finished(
                Coordinates coordinates,
                long iterations,
                long instructions,
                long millisToFirstIteration,
                @Nullable FailedIteration failure) {
            this(coordinates, iterations, instructions, millisToFirstIteration, failure, null, List.of());
        }
    }

    /**
     * The attempt says nothing about the test.
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
