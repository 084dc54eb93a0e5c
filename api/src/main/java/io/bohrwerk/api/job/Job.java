package io.bohrwerk.api.job;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.target.Target;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.target.TargetManifest;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * One submission: its words, its state and its totals.
 *
 * <p>Changed only under its row lock, and all that belongs to it (batches, failures) under the same. What arrives after its end is counted
 * all the same and changes its state no more.
 */
@Entity
@Table(name = "jobs")
class Job {
    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private String name;
    private String targetId;
    private String targetName;

    @JdbcTypeCode(SqlTypes.JSON)
    private Strategy strategy;

    private long iterationBudget;
    private @Nullable Long wallTimeNanos;
    private long stopAfterFailures;
    private int iterationsPerBatch;
    private int reportEvery;
    private long timerPeriodNanos;
    private boolean keepCheckpoints;

    @Enumerated(EnumType.STRING)
    private JobState state;

    @Enumerated(EnumType.STRING)
    private @Nullable StopReason stopReason;

    private @Nullable String message;
    private long iterations;
    private long promised;
    private long failures;
    private long batchesCreated;
    private int batchesInFlight;
    private long batchesCompleted;
    private long batchesLost;
    private long infrastructureTroubles;
    private @Nullable UUID firstFailureId;
    private @Nullable Instant firstFailureAt;
    private @Nullable String idempotencyKey;
    private @Nullable String requestDigest;
    private Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;

    @SuppressWarnings("NullAway.Init")
    protected Job() {}

    @SuppressWarnings("NullAway.Init")
    Job(JobRequest request, Target target, @Nullable String idempotencyKey, Instant now) {
        TargetManifest manifest = target.manifest();
        this.id = UUID.randomUUID();
        this.name = request.name() == null ? target.name() : request.name();
        this.targetId = target.id().hex();
        this.targetName = target.name();
        this.strategy = request.strategy().resolve(manifest, id);
        this.iterationBudget = request.iterations() == null ? JobRequest.DEFAULT_ITERATIONS : request.iterations();
        this.wallTimeNanos =
                request.wallTime() == null ? null : request.wallTime().nanos();
        this.stopAfterFailures = request.stopAfterFailures() == null ? 1 : request.stopAfterFailures();
        this.iterationsPerBatch = request.iterationsPerBatch() == null
                ? manifest.test().iterationsPerBatch()
                : request.iterationsPerBatch();
        this.reportEvery = manifest.test().reportEvery();
        this.timerPeriodNanos = manifest.machine().timerPeriod().nanos();
        this.keepCheckpoints = request.keepCheckpoints() == null || request.keepCheckpoints();
        this.state = JobState.QUEUED;
        this.idempotencyKey = idempotencyKey;
        this.requestDigest = request.digest().hex();
        this.createdAt = now;
    }

    /** Whether another batch may be put into flight. */
    boolean wantsBatch(int window) {
        return !state.terminal()
                && batchesInFlight < window
                && batchesCreated < strategy.batches()
                && iterations + promised < iterationBudget;
    }

    /** Cuts the next batch, whose iterations are promised from now on. */
    Batch nextBatch(Instant now) {
        long number = batchesCreated++;
        int size = (int) Math.min(iterationsPerBatch, iterationBudget - iterations - promised);
        promised += size;
        batchesInFlight++;
        return new Batch(id, number, strategy.schedule(number, new VirtualTime(timerPeriodNanos)), size, now);
    }

    /** The message to the workers about a batch of this job. */
    BatchRequest request(Batch batch) {
        return new BatchRequest(
                Wire.VERSION,
                batch.id(),
                id,
                batch.attempt(),
                new Digest(targetId),
                batch.schedule(),
                batch.iterations(),
                Math.min(reportEvery, batch.iterations()),
                keepCheckpoints ? null : false);
    }

    /** A batch of it was seen running. @param since not before its creation */
    void start(Instant since) {
        if (state == JobState.QUEUED) {
            state = JobState.RUNNING;
            startedAt = since.isBefore(createdAt) ? createdAt : since;
        }
    }

    /** Counts a batch, which must not have been counted. @param wasInFlight whether the batch was still waited for */
    void count(BatchReport.Finished finished, Batch batch, boolean wasInFlight) {
        land(batch, wasInFlight);
        iterations += finished.iterations();
        batchesCompleted++;
    }

    void count(UUID failure, Instant now) {
        failures++;
        if (firstFailureId == null) {
            firstFailureId = failure;
            firstFailureAt = now;
        }
    }

    void countTrouble() {
        infrastructureTroubles++;
    }

    /** A batch that will not be waited for any longer, without having been counted. */
    void giveUp(Batch batch, boolean lost) {
        land(batch, true);
        if (lost) {
            batchesLost++;
        }
    }

    /** A batch that was given up was counted after all. */
    void find() {
        batchesLost--;
    }

    private void land(Batch batch, boolean wasInFlight) {
        if (wasInFlight) {
            promised -= batch.iterations();
            batchesInFlight--;
        }
    }

    /** Applies the stop rules. @return whether the job ended by them */
    boolean stopIfDue(Instant now) {
        if (state.terminal()) {
            return false;
        }
        if (stopAfterFailures > 0 && failures >= stopAfterFailures) {
            stopReason = StopReason.FAILURES;
        } else if (iterations >= iterationBudget) {
            stopReason = StopReason.ITERATIONS;
        } else if (batchesCreated >= strategy.batches() && batchesInFlight == 0) {
            stopReason = StopReason.SCHEDULES;
        } else if (startedAt != null
                && wallTimeNanos != null
                && Duration.between(startedAt, now).compareTo(Duration.ofNanos(wallTimeNanos)) >= 0) {
            stopReason = StopReason.WALL_TIME;
        } else {
            return false;
        }
        end(JobState.COMPLETED, now);
        return true;
    }

    void cancel(Instant now) {
        end(JobState.CANCELLED, now);
    }

    /** @param why for people */
    void fail(String why, Instant now) {
        message = why;
        end(JobState.ERROR, now);
    }

    private void end(JobState terminal, Instant now) {
        if (state.terminal()) {
            throw new IllegalStateException("job " + id + " is " + state);
        }
        state = terminal;
        finishedAt = now;
    }

    boolean ended() {
        return state.terminal();
    }

    UUID id() {
        return id;
    }

    long position() {
        return position;
    }

    String name() {
        return name;
    }

    Digest target() {
        return new Digest(targetId);
    }

    String targetName() {
        return targetName;
    }

    Strategy strategy() {
        return strategy;
    }

    long iterationBudget() {
        return iterationBudget;
    }

    @Nullable
    VirtualTime wallTime() {
        return wallTimeNanos == null ? null : new VirtualTime(wallTimeNanos);
    }

    long stopAfterFailures() {
        return stopAfterFailures;
    }

    int iterationsPerBatch() {
        return iterationsPerBatch;
    }

    boolean keepCheckpoints() {
        return keepCheckpoints;
    }

    JobState state() {
        return state;
    }

    @Nullable
    StopReason stopReason() {
        return stopReason;
    }

    @Nullable
    String message() {
        return message;
    }

    long iterations() {
        return iterations;
    }

    long failures() {
        return failures;
    }

    int batchesInFlight() {
        return batchesInFlight;
    }

    long batchesCompleted() {
        return batchesCompleted;
    }

    long batchesLost() {
        return batchesLost;
    }

    long infrastructureTroubles() {
        return infrastructureTroubles;
    }

    @Nullable
    UUID firstFailureId() {
        return firstFailureId;
    }

    @Nullable
    Instant firstFailureAt() {
        return firstFailureAt;
    }

    boolean sameRequest(JobRequest request) {
        return request.digest().hex().equals(requestDigest);
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    Instant startedAt() {
        return startedAt;
    }

    @Nullable
    Instant finishedAt() {
        return finishedAt;
    }
}
