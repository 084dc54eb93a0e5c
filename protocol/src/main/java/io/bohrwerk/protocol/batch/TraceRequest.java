package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.schedule.Shift;
import io.bohrwerk.protocol.traced.Aim;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Trace a target's test, and plan where the timer's interrupt is to be put.
 *
 * @param attempt from 1; counts infrastructure retries
 * @param shift icount shift at which it is traced; the plan holds for that shift only
 * @param setting of the machine, for which alone the plan holds, too; null for nothing other than usual
 * @param aim what is to be tried first; null for nothing in particular
 */
public record TraceRequest(
        int version,
        UUID traceId,
        UUID jobId,
        int attempt,
        Digest target,
        int shift,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Setting setting,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Aim aim)
        implements Work {
    public static final String KIND = "trace";

    public TraceRequest {
        Wire.requireKnown(version);
        present(traceId, "traceId");
        present(jobId, "jobId");
        present(target, "target");
        require(attempt >= 1, "attempt", attempt, "must be at least 1");
        Shift.require("shift", shift);
    }

    /** In a machine in which nothing is other than usual. */
    public TraceRequest(int version, UUID traceId, UUID jobId, int attempt, Digest target, int shift) {
        this(version, traceId, jobId, attempt, target, shift, null, null);
    }

    @Override
    @JsonProperty(value = "type", access = JsonProperty.Access.READ_ONLY)
    public String kind() {
        return KIND;
    }

    @Override
    public UUID id() {
        return traceId;
    }

    @Override
    public String key() {
        return jobId.toString();
    }
}
