package io.bohrwerk.protocol.worker;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Work;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that a machine runs now.
 *
 * @param kind see {@link Work#kind}; left out by older processes, which meant batches
 * @param id of the work; called batchId by older processes
 * @param jobId null for work that belongs to no job
 * @param iterationsPassed of a batch, as far as the agent has reported; of a replay or a search, how many machines were run; 0 for other work
 */
public record RunningWork(
        String kind,
        @JsonAlias("batchId") UUID id,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID jobId,
        int attempt,
        long iterationsPassed) {
    public RunningWork {
        kind = kind == null ? BatchRequest.KIND : kind;
        present(id, "id");
    }

    public static RunningWork of(Work work, long iterationsPassed) {
        return new RunningWork(work.kind(), work.id(), work.jobId(), work.attempt(), iterationsPassed);
    }

    public boolean is(String kind) {
        return this.kind.equals(kind);
    }
}
