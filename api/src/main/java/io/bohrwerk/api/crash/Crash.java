package io.bohrwerk.api.crash;

import io.bohrwerk.protocol.batch.Outcome;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All failures of one signature. */
@Entity
@Table(name = "crashes")
public class Crash {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private String signature;
    private String title;

    @Enumerated(EnumType.STRING)
    private Outcome outcome;

    private long failures;
    private Instant firstSeen;
    private Instant lastSeen;

    @SuppressWarnings("NullAway.Init")
    protected Crash() {}

    /** Counts one more failure, which need not be the latest to be reported. */
    void count(Instant occurredAt) {
        failures++;
        firstSeen = occurredAt.isBefore(firstSeen) ? occurredAt : firstSeen;
        lastSeen = occurredAt.isAfter(lastSeen) ? occurredAt : lastSeen;
    }

    public UUID id() {
        return id;
    }

    public long position() {
        return position;
    }

    public String signature() {
        return signature;
    }

    public String title() {
        return title;
    }

    public Outcome outcome() {
        return outcome;
    }

    public long failures() {
        return failures;
    }

    public Instant firstSeen() {
        return firstSeen;
    }

    public Instant lastSeen() {
        return lastSeen;
    }
}
