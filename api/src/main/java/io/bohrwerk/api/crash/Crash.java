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

    @Enumerated(EnumType.STRING)
    private CrashState state;

    private @Nullable UUID duplicateOf;
    private long failures;
    private long verified;
    private Instant firstSeen;
    private Instant lastSeen;

    @SuppressWarnings("NullAway.Init")
    protected Crash() {}

    /**
     * Counts one more failure, which need not be the latest to be reported.
     *
     * @param replayed whether its replay held
     * @return whether that opened it again
     */
    boolean count(Instant occurredAt, boolean replayed) {
        failures++;
        verified += replayed ? 1 : 0;
        firstSeen = occurredAt.isBefore(firstSeen) ? occurredAt : firstSeen;
        lastSeen = occurredAt.isAfter(lastSeen) ? occurredAt : lastSeen;
        boolean cameBack = state == CrashState.FIXED;
        state = cameBack ? CrashState.OPEN : state;
        return cameBack;
    }

    /** @param title for people; the signature stays */
    void rename(String title) {
        this.title = title;
    }

    /** @param duplicateOf of which crash; with {@code DUPLICATE} only */
    void mark(CrashState state, @Nullable UUID duplicateOf) {
        this.state = state;
        this.duplicateOf = duplicateOf;
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

    CrashState state() {
        return state;
    }

    @Nullable
    UUID duplicateOf() {
        return duplicateOf;
    }

    long verified() {
        return verified;
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
