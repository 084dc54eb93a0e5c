package io.bohrwerk.api.batch;

import io.bohrwerk.api.work.Attempt;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.schedule.Schedule;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
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
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;
import org.jspecify.annotations.Nullable;

/** Up to N iterations under one schedule. Changed only under the row lock of its job. */
@Entity
@Table(name = "batches")
public class Batch {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private UUID jobId;
    private long number;

    @Embedded
    private Attempt attempt;

    @Enumerated(EnumType.STRING)
    private BatchState state;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private Schedule schedule;

    private int arm;
    private @Nullable Long place;
    private int iterations;
    private @Nullable Integer reportEvery;
    private @Nullable Long iterationsRun;
    private @Nullable Long instructions;
    private @Nullable Long millisToFirstIteration;

    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private @Nullable SubtestCounts subtests;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable List<UnexpectedPass> unexpectedPasses;

    @SuppressWarnings("NullAway.Init")
    protected Batch() {}

    /**
     * The first attempt at a job's batch.
     *
     * @param arm of the job's strategy
     * @param place the first of its places, where the strategy goes through places
     * @param reportEvery iterations from one report of the agent's to the next
     */
    @SuppressWarnings("NullAway.Init")
    public Batch(
            UUID jobId,
            long number,
            Schedule schedule,
            int arm,
            @Nullable Long place,
            int iterations,
            int reportEvery,
            Instant now) {
        this.id = TimeOrderedId.at(now);
        this.jobId = jobId;
        this.number = number;
        this.attempt = Attempt.first(now);
        this.state = BatchState.QUEUED;
        this.schedule = schedule;
        this.arm = arm;
        this.place = place;
        this.iterations = iterations;
        this.reportEvery = reportEvery;
    }

    /** Counts a report. A batch is a pure function, so any attempt's report will do; only the first is taken. */
    public void complete(BatchReport report, BatchReport.Finished finished) {
        if (state == BatchState.COMPLETED) {
            throw new IllegalStateException("batch " + id + " is counted already");
        }
        state = BatchState.COMPLETED;
        attempt.finish(report);
        iterationsRun = finished.iterations();
        instructions = finished.instructions();
        millisToFirstIteration = finished.millisToFirstIteration();
        subtests = finished.subtests();
        unexpectedPasses = finished.unexpectedPasses().isEmpty() ? null : finished.unexpectedPasses();
    }

    /** Begins another attempt after infrastructure trouble with the latest. */
    public void retry(Instant due) {
        requireQueued();
        attempt.retry(due);
    }

    /** Begins another attempt after a worker that could not serve it. The latest was none. */
    public void handBack(Instant due) {
        requireQueued();
        attempt.handBack(due);
    }

    /** Gives up after the last attempt. */
    public void lose(Instant now) {
        requireQueued();
        state = BatchState.LOST;
        attempt.giveUp(now);
    }

    /** Takes back what was not heard of when the job ended. */
    public void withdraw(Instant now) {
        requireQueued();
        state = BatchState.WITHDRAWN;
        attempt.giveUp(now);
    }

    private void requireQueued() {
        if (state != BatchState.QUEUED) {
            throw new IllegalStateException("batch " + id + " is " + state);
        }
    }

    public boolean inFlight() {
        return state == BatchState.QUEUED;
    }

    public UUID id() {
        return id;
    }

    public long position() {
        return position;
    }

    public UUID jobId() {
        return jobId;
    }

    public long number() {
        return number;
    }

    /** The number of the latest attempt. */
    public int attempt() {
        return attempt.number();
    }

    public Attempt attempts() {
        return attempt;
    }

    public BatchState state() {
        return state;
    }

    public Schedule schedule() {
        return schedule;
    }

    public int arm() {
        return arm;
    }

    public @Nullable Long place() {
        return place;
    }

    public int iterations() {
        return iterations;
    }

    /** Null for one from before it was kept: its job has it. */
    public @Nullable Integer reportEvery() {
        return reportEvery;
    }

    public @Nullable Long iterationsRun() {
        return iterationsRun;
    }

    public @Nullable Long instructions() {
        return instructions;
    }

    public @Nullable Long millisToFirstIteration() {
        return millisToFirstIteration;
    }

    public @Nullable SubtestCounts subtests() {
        return subtests;
    }

    public List<UnexpectedPass> unexpectedPasses() {
        return unexpectedPasses == null ? List.of() : unexpectedPasses;
    }

    public @Nullable String workerId() {
        return attempt.workerId();
    }

    public Instant queuedAt() {
        return attempt.queuedAt();
    }

    public @Nullable Instant startedAt() {
        return attempt.startedAt();
    }

    public @Nullable Instant finishedAt() {
        return attempt.finishedAt();
    }
}
