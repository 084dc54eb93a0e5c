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
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A group of failures: those of its signatures, and those that people put into it. */
@Entity
@Table(name = "crashes")
public class Crash {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private @Nullable String signature;
    private String title;

    @Enumerated(EnumType.STRING)
    private Outcome outcome;

    @Enumerated(EnumType.STRING)
    private CrashState state;

    private @Nullable UUID duplicateOf;
    private boolean merged;
    private boolean bin;
    private @Nullable UUID fixedBy;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> frames;

    private long failures;
    private long verified;
    private Instant firstSeen;
    private Instant lastSeen;

    @SuppressWarnings("NullAway.Init")
    protected Crash() {}

    /** A group that is split off another one. */
    @SuppressWarnings("NullAway.Init")
    Crash(String title, Outcome outcome, Sum moved, List<String> frames) {
        this.id = UUID.randomUUID();
        this.title = title;
        this.outcome = outcome;
        this.state = CrashState.OPEN;
        this.frames = List.copyOf(frames);
        this.firstSeen = moved.firstSeen();
        this.lastSeen = moved.lastSeen();
        take(moved);
    }

    /**
     * What some failures add up to.
     *
     * @param verified of these, those whose replay held
     */
    record Sum(long failures, long verified, Instant firstSeen, Instant lastSeen) {}

    /** Takes failures over from another crash. */
    final void take(Sum moved) {
        boolean alone = failures == 0;
        failures += moved.failures();
        verified += moved.verified();
        firstSeen = alone || moved.firstSeen().isBefore(firstSeen) ? moved.firstSeen() : firstSeen;
        lastSeen = alone || moved.lastSeen().isAfter(lastSeen) ? moved.lastSeen() : lastSeen;
    }

    /** Lets failures go to another crash. @param left what stays */
    void keep(Sum left) {
        failures = left.failures();
        verified = left.verified();
        firstSeen = left.firstSeen();
        lastSeen = left.lastSeen();
    }

    /** All of it. */
    Sum sum() {
        return new Sum(failures, verified, firstSeen, lastSeen);
    }

    /** Goes into another crash. What was seen of it, and when, stays readable; the failures count there. */
    void mergeInto(Crash into) {
        failures = 0;
        verified = 0;
        state = CrashState.DUPLICATE;
        duplicateOf = into.id;
        fixedBy = null;
        merged = true;
    }

    /** Comes out again of the crash that it went into. */
    void separate(Sum moved) {
        merged = false;
        state = CrashState.OPEN;
        duplicateOf = null;
        take(moved);
    }

    /** Takes a stack, if it has none. @return whether it was taken */
    boolean learn(List<String> stack) {
        boolean learnt = frames.isEmpty() && !stack.isEmpty() && !bin;
        frames = learnt ? List.copyOf(stack) : frames;
        return learnt;
    }

    /** Says that it is the one of reports that are not whole. */
    void collectDamaged() {
        bin = true;
    }

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
        fixedBy = cameBack ? null : fixedBy;
        return cameBack;
    }

    /** @param title for people; the signature stays */
    void rename(String title) {
        this.title = title;
    }

    /**
     * @param duplicateOf of which crash; with {@code DUPLICATE} only
     * @param fixedBy the job that asked whether it is fixed; with {@code FIXED} only
     */
    void mark(CrashState state, @Nullable UUID duplicateOf, @Nullable UUID fixedBy) {
        this.state = state;
        this.duplicateOf = duplicateOf;
        this.fixedBy = fixedBy;
    }

    public UUID id() {
        return id;
    }

    public long position() {
        return position;
    }

    /** The one that it was founded by; null when people split it off. */
    public @Nullable String signature() {
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

    boolean merged() {
        return merged;
    }

    boolean bin() {
        return bin;
    }

    @Nullable
    UUID fixedBy() {
        return fixedBy;
    }

    List<String> frames() {
        return frames;
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
