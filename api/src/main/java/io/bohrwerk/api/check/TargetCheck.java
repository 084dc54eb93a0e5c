package io.bohrwerk.api.check;

import io.bohrwerk.api.work.Attempt;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.conformance.Conformance;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;
import org.jspecify.annotations.Nullable;

/** The check of a target, the latest one. Changed only under its row lock. */
@Entity
@Table(name = "target_checks")
public class TargetCheck {
    @Id
    private UUID id;

    @Version
    private @Nullable Integer version;

    private String targetId;

    @Embedded
    private Attempt attempt;

    @Enumerated(EnumType.STRING)
    private State state;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable Conformance found;

    private @Nullable String message;

    /** Where a check is. */
    public enum State {
        /** In the outbox or in Kafka. */
        QUEUED,
        /** A worker's heartbeat lists it. */
        RUNNING,
        /** There is a finding. */
        COMPLETED,
        /** Infrastructure trouble that another attempt would meet again, or too many attempts. */
        ERROR
    }

    @SuppressWarnings("NullAway.Init")
    protected TargetCheck() {}

    /** One that a worker is to make. */
    @SuppressWarnings("NullAway.Init")
    TargetCheck(Digest target, Instant now) {
        this.id = UUID.randomUUID();
        this.targetId = target.hex();
        this.attempt = Attempt.first(now);
        this.state = State.QUEUED;
    }

    /** Has it made again. */
    void restart(Instant now) {
        attempt = Attempt.first(now);
        state = State.QUEUED;
        found = null;
        message = null;
    }

    /** The message to the workers. */
    Check.Request request() {
        return new Check.Request(Wire.VERSION, id, attempt.number(), target());
    }

    /** A worker was seen at it. */
    void see(Instant now) {
        if (open()) {
            state = State.RUNNING;
            attempt.see(now);
        }
    }

    /** Takes a finding; one that comes after it was given up is better than none. */
    void complete(Report report, Conformance finding) {
        attempt.finish(report);
        keep(finding);
    }

    /** Takes a finding that somebody else made and sent along with the target. */
    void complete(Conformance finding, Instant now) {
        attempt.giveUp(now);
        keep(finding);
    }

    private void keep(Conformance finding) {
        state = State.COMPLETED;
        found = finding;
        message = null;
    }

    /** Begins another attempt. @param why the latest gave nothing */
    void retry(String why, Instant due) {
        attempt.retry(due);
        requeue(why);
    }

    /** Begins another attempt after a worker that could not serve it. */
    void handBack(String why, Instant due) {
        attempt.handBack(due);
        requeue(why);
    }

    private void requeue(String why) {
        state = State.QUEUED;
        message = why;
    }

    void fail(String why, Instant now) {
        state = State.ERROR;
        message = why;
        attempt.giveUp(now);
    }

    /** Whether a finding is waited for. */
    public boolean open() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    /** What it found; empty before it is completed, and where it never will be. */
    public Optional<Conformance> found() {
        return Optional.ofNullable(found);
    }

    UUID id() {
        return id;
    }

    public Digest target() {
        return new Digest(targetId);
    }

    Attempt attempts() {
        return attempt;
    }

    State state() {
        return state;
    }

    @Nullable
    String message() {
        return message;
    }
}
