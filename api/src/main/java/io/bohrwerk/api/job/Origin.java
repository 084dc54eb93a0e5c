package io.bohrwerk.api.job;

import io.bohrwerk.api.access.Caller;
import io.bohrwerk.protocol.Digest;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a job comes from. */
@Embeddable
public class Origin {
    private @Nullable String owner;
    private @Nullable String submittedBy;
    private @Nullable String idempotencyKey;
    private @Nullable String requestDigest;
    private @Nullable String traceparent;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected Origin() {}

    /** @param requestDigest of the request that made the job, where there is a key */
    public Origin(@Nullable String idempotencyKey, @Nullable Digest requestDigest, Instant createdAt) {
        this.idempotencyKey = idempotencyKey;
        this.requestDigest = requestDigest == null ? null : requestDigest.hex();
        this.createdAt = createdAt;
    }

    /** Once, before the job is stored. */
    public void submittedBy(Caller caller) {
        owner = caller.id();
        submittedBy = caller.id() == null ? null : caller.name();
    }

    /** Once, before the job is stored. @param parent of its spans; null where they are not gathered */
    public void tracedUnder(@Nullable String parent) {
        traceparent = parent;
    }

    /** The token's identifier; null where nobody had to say who they are. */
    @Nullable
    public String owner() {
        return owner;
    }

    /** The token's name, for people. */
    @Nullable
    public String submittedBy() {
        return submittedBy;
    }

    /** The span that those of the job's batches belong to. */
    @Nullable
    public String traceparent() {
        return traceparent;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public boolean sameRequest(JobRequest request) {
        return request.digest().hex().equals(requestDigest);
    }
}
