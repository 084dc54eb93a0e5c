package io.bohrwerk.api.work;

import io.bohrwerk.protocol.batch.Report;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The latest attempt at a piece of work, and how many there were. */
@Embeddable
public class Attempt {
    @Column(name = "attempt")
    private int number;

    private int handedBack;
    private Instant queuedAt;
    private @Nullable Instant seenAt;
    private @Nullable String workerId;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;

    @SuppressWarnings("NullAway.Init")
    protected Attempt() {}

    private Attempt(Instant now) {
        this.number = 1;
        this.queuedAt = now;
    }

    public static Attempt first(Instant now) {
        return new Attempt(now);
    }

    /** A heartbeat shows it running. */
    public void see(Instant now) {
        seenAt = now;
        if (startedAt == null) {
            startedAt = now;
        }
    }

    /** The next one, after infrastructure trouble. @param due not sent before */
    public void retry(Instant due) {
        number++;
        queuedAt = due;
        seenAt = null;
        startedAt = null;
    }

    /** The next one, after a worker that could not serve it. That one does not count as a try. */
    public void handBack(Instant due) {
        retry(due);
        handedBack++;
    }

    /** There is a result, of this attempt or of an earlier one. */
    public void finish(Report report) {
        number = Math.max(number, report.attempt());
        workerId = report.workerId();
        startedAt = report.startedAt();
        finishedAt = report.finishedAt();
    }

    /** There will be no result. */
    public void giveUp(Instant now) {
        finishedAt = now;
    }

    public int number() {
        return number;
    }

    /** Attempts that workers have begun, or may have. */
    public int tries() {
        return number - handedBack;
    }

    /** How often a worker could not serve it. */
    public int handedBack() {
        return handedBack;
    }

    public Instant queuedAt() {
        return queuedAt;
    }

    /** Who gave the result; null before there is one. */
    public @Nullable String workerId() {
        return workerId;
    }

    /** By the worker's clock once there is a result; before it, when a heartbeat first showed it running. */
    public @Nullable Instant startedAt() {
        return startedAt;
    }

    public @Nullable Instant finishedAt() {
        return finishedAt;
    }
}
