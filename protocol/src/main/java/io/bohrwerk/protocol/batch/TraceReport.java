package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bohrwerk.protocol.Wire;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt at a trace. May arrive more than once; the pair of trace and attempt tells copies apart.
 *
 * @param workerId who did it
 */
public record TraceReport(
        int version,
        UUID traceId,
        UUID jobId,
        int attempt,
        String workerId,
        Instant startedAt,
        Instant finishedAt,
        Result result)
        implements Report {
    public TraceReport {
        Wire.requireKnown(version);
        present(traceId, "traceId");
        present(jobId, "jobId");
        present(workerId, "workerId");
        present(startedAt, "startedAt");
        present(finishedAt, "finishedAt");
        present(result, "result");
    }

    @Override
    public String kind() {
        return TraceRequest.KIND;
    }

    @Override
    public UUID workId() {
        return traceId;
    }

    @Override
    public @Nullable Trouble trouble() {
        return result instanceof Troubled troubled ? troubled : null;
    }

    @Override
    public String key() {
        return jobId.toString();
    }

    /** Traced, or infrastructure trouble. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Traced.class, name = "traced"),
        @JsonSubTypes.Type(value = Troubled.class, name = "troubled")
    })
    public sealed interface Result {}

    /**
     * There is a plan. Iterations that were run to make it are no part of any rate: all that they showed is run again by the plan.
     *
     * @param plan of the kind {@link ArtifactKind#TRACED_PLAN}
     * @param delays how many iterations it has; at least 1
     * @param instructions of the test that were traced
     * @param places distinct ones among them
     * @param checked whether the ticks of the plan's first iterations were seen to land where they were put. Where a guest's way from its
     *     tick to the test varies in length, as Linux's does, they land around it
     * @param exact the share of those ticks that landed on their very instruction; 0 to 1. Null where it could not be told, and in messages of
     *     older processes
     */
    public record Traced(
            ArtifactReference plan,
            int delays,
            int instructions,
            int places,
            boolean checked,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double exact)
            implements Result {
        public Traced {
            present(plan, "plan");
            require(delays >= 1, "delays", delays, "must be at least 1");
            require(instructions >= 0, "instructions", instructions, "must not be negative");
            require(places >= 0, "places", places, "must not be negative");
            require(exact == null || exact >= 0 && exact <= 1, "exact", String.valueOf(exact), "must be from 0 to 1");
        }

        /** Where it could not be told how exact. */
        public Traced(ArtifactReference plan, int delays, int instructions, int places, boolean checked) {
            this(plan, delays, instructions, places, checked, null);
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
