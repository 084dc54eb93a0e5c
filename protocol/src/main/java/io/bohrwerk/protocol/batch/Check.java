package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.conformance.Conformance;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The kind of work that finds out which part of the guest protocol a target's guest serves. */
public final class Check {
    public static final String KIND = "check";

    private Check() {}

    /** @param attempt from 1; counts infrastructure retries */
    public record Request(int version, UUID checkId, int attempt, Digest target) implements Work {
        public Request {
            Wire.requireKnown(version);
            present(checkId, "checkId");
            present(target, "target");
            require(attempt >= 1, "attempt", attempt, "must be at least 1");
        }

        @Override
        @JsonProperty(value = "type", access = JsonProperty.Access.READ_ONLY)
        public String kind() {
            return KIND;
        }

        @Override
        public UUID id() {
            return checkId;
        }

        @Override
        public @Nullable UUID jobId() {
            return null;
        }

        @Override
        public String key() {
            return target.toString();
        }
    }

    /**
     * What came of one attempt: a finding or trouble, never both.
     *
     * @param target the id of the target that was to be checked
     */
    public record Report(
            int version,
            UUID checkId,
            Digest target,
            int attempt,
            String workerId,
            Instant startedAt,
            Instant finishedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Conformance found,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Troubled trouble)
            implements io.bohrwerk.protocol.batch.Report {
        public Report {
            Wire.requireKnown(version);
            present(checkId, "checkId");
            present(target, "target");
            present(workerId, "workerId");
            present(startedAt, "startedAt");
            present(finishedAt, "finishedAt");
            require(
                    (found == null) != (trouble == null),
                    "found",
                    String.valueOf(found),
                    "must be there, unless there is a trouble");
            require(
                    found == null || found.target().equals(target),
                    "found.target",
                    found == null ? "" : found.target(),
                    "must be the target of the report, " + target);
        }

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public UUID workId() {
            return checkId;
        }

        @Override
        public String key() {
            return target.toString();
        }
    }

    /** @param message one line for people */
    public record Troubled(InfrastructureTrouble kind, String message)
            implements io.bohrwerk.protocol.batch.Report.Trouble {
        public Troubled {
            present(kind, "kind");
            present(message, "message");
        }
    }
}
