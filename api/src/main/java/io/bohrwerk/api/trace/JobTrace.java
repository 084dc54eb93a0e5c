package io.bohrwerk.api.trace;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.work.Attempt;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.TraceReport;
import io.bohrwerk.protocol.batch.TraceRequest;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The trace of a job's test at one of its shifts, and the plan made of it. Changed under the job's row lock. */
@Entity
@Table(name = "traces")
public class JobTrace {
    @Id
    private UUID id;

    @Version
    private @Nullable Integer version;

    private UUID jobId;
    private int arm;
    private int shift;

    @Embedded
    private Attempt attempt;

    @Enumerated(EnumType.STRING)
    private State state;

    private @Nullable String digest;
    private @Nullable Long size;
    private @Nullable Integer delays;
    private @Nullable Integer instructions;
    private @Nullable Integer places;
    private @Nullable Boolean checked;
    private @Nullable Double exact;
    private @Nullable String message;
    private Instant createdAt;

    /** Where a trace is. */
    enum State {
        /** In the outbox or in Kafka. */
        QUEUED,
        /** A worker's heartbeat tells of it. */
        RUNNING,
        /** There is a plan. */
        COMPLETED,
        /** Infrastructure trouble that another attempt would meet again, or too many attempts. */
        ERROR
    }

    @SuppressWarnings("NullAway.Init")
    protected JobTrace() {}

    /** @param arm the number of the shift among the strategy's */
    @SuppressWarnings("NullAway.Init")
    public JobTrace(Job job, int arm, int shift, Instant now) {
        this.id = UUID.randomUUID();
        this.jobId = job.id();
        this.arm = arm;
        this.shift = shift;
        this.attempt = Attempt.first(now);
        this.state = State.QUEUED;
        this.createdAt = now;
    }

    /** The message to the workers. */
    public TraceRequest request(Job job) {
        return new TraceRequest(
                Wire.VERSION,
                id,
                jobId,
                attempt.number(),
                job.target(),
                shift,
                job.setting(),
                job.course().aim());
    }

    /** A worker was seen at it. */
    public void see(Instant now) {
        if (open()) {
            state = State.RUNNING;
            attempt.see(now);
        }
    }

    /** Takes the first plan that comes: every attempt's is the same. */
    public void complete(TraceReport report, TraceReport.Traced traced) {
        if (state == State.COMPLETED) {
            throw new IllegalStateException("trace " + id + " is completed already");
        }
        state = State.COMPLETED;
        digest = traced.plan().digest().hex();
        size = traced.plan().size();
        delays = traced.delays();
        instructions = traced.instructions();
        places = traced.places();
        checked = traced.checked();
        exact = traced.exact();
        message = null;
        attempt.finish(report);
    }

    /** Begins another attempt. @param why the latest did not do */
    public void retry(String why, Instant due) {
        requeue(why);
        attempt.retry(due);
    }

    /** Begins another attempt after a worker that could not do it. The latest was none. */
    public void handBack(String why, Instant due) {
        requeue(why);
        attempt.handBack(due);
    }

    private void requeue(String why) {
        requireOpen();
        state = State.QUEUED;
        message = why;
    }

    public void fail(String why, Instant now) {
        requireOpen();
        state = State.ERROR;
        message = why;
        attempt.giveUp(now);
    }

    private void requireOpen() {
        if (!open()) {
            throw new IllegalStateException("trace " + id + " is " + state);
        }
    }

    /** Whether it is waited for. */
    public boolean open() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    public boolean completed() {
        return state == State.COMPLETED;
    }

    public UUID id() {
        return id;
    }

    public UUID jobId() {
        return jobId;
    }

    public int shift() {
        return shift;
    }

    /** The number of the latest attempt. */
    public int attempt() {
        return attempt.number();
    }

    public Attempt attempts() {
        return attempt;
    }

    State state() {
        return state;
    }

    /** The blob of the plan, once it is completed. */
    Digest plan() {
        if (digest == null) {
            throw new IllegalStateException("trace " + id + " is " + state);
        }
        return new Digest(digest);
    }

    /** Iterations of the plan; 0 before it is completed. */
    public int delays() {
        return delays == null ? 0 : delays;
    }

    /** Whether ticks were seen to land where they were put; null before it is completed. */
    @Nullable
    Boolean checked() {
        return checked;
    }

    /** The share of those that landed on their very instruction; null where it is not known. */
    @Nullable
    Double exact() {
        return exact;
    }

    @Nullable
    String message() {
        return message;
    }
}
