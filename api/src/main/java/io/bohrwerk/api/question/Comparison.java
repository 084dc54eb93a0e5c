package io.bohrwerk.api.question;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The same test under two settings: two jobs, cut into batches by turns. Never changes; what comes of it stands in the jobs. */
@Entity
@Table(name = "comparisons")
class Comparison {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private UUID jobId;
    private UUID firstId;
    private UUID secondId;
    private double confidence;
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected Comparison() {}

    /** @param job which it was asked of */
    @SuppressWarnings("NullAway.Init")
    Comparison(UUID id, UUID job, UUID first, UUID second, double confidence, Instant now) {
        this.id = id;
        this.jobId = job;
        this.firstId = first;
        this.secondId = second;
        this.confidence = confidence;
        this.createdAt = now;
    }

    UUID id() {
        return id;
    }

    UUID job() {
        return jobId;
    }

    UUID first() {
        return firstId;
    }

    UUID second() {
        return secondId;
    }

    double confidence() {
        return confidence;
    }

    Instant createdAt() {
        return createdAt;
    }
}
