package io.bohrwerk.api.job;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.protocol.batch.BatchReport;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** What was counted of a job. It goes on counting after the job's end. */
@Embeddable
public class Totals {
    /** Of the mean time of batches: one in eight is the latest's, so that it follows within a few batches and no single one shakes it. */
    private static final int FORGETTING = 8;

    private long iterations;
    private long promised;
    private long failures;
    private long iterationsBeyond;
    private long failuresBeyond;
    private long batchesCreated;
    private int batchesInFlight;
    private long batchesCompleted;
    private long batchesLost;
    private long infrastructureTroubles;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<UnexpectedPasses> unexpectedPasses = List.of();

    private @Nullable Long batchMillis;
    private @Nullable UUID firstFailureId;
    private @Nullable Instant firstFailureAt;
    private @Nullable Instant countedAt;

    /** A batch of so many iterations goes into flight. @return its number */
    long launch(int size) {
        promised += size;
        batchesInFlight++;
        return batchesCreated++;
    }

    /** A batch is in flight no longer. */
    void land(Batch batch) {
        promised -= batch.iterations();
        batchesInFlight--;
    }

    /**
     * @param beyond whether the job had ended
     * @param took by the worker's own clock
     */
    void count(BatchReport.Finished finished, Batch batch, boolean beyond, Duration took, Instant now) {
        iterations += finished.iterations();
        if (beyond) {
            iterationsBeyond += finished.iterations();
        }
        batchesCompleted++;
        long millis = Math.max(1, took.toMillis());
        batchMillis = batchMillis == null ? millis : batchMillis + (millis - batchMillis) / FORGETTING;
        countedAt = now;
        unexpectedPasses = UnexpectedPasses.plus(unexpectedPasses, batch.number(), finished.unexpectedPasses());
    }

    /** @param beyond whether the job had ended */
    void count(UUID failure, boolean beyond, Instant now) {
        failures++;
        if (beyond) {
            failuresBeyond++;
        }
        if (firstFailureId == null) {
            firstFailureId = failure;
            firstFailureAt = now;
        }
    }

    public void countTrouble() {
        infrastructureTroubles++;
    }

    void lose() {
        batchesLost++;
    }

    /** A batch that was given up was counted after all. */
    public void find() {
        batchesLost--;
    }

    /** Iterations that were reported or are in flight. */
    long spent() {
        return iterations + promised;
    }

    public long iterations() {
        return iterations;
    }

    public long failures() {
        return failures;
    }

    /** Of the iterations, those that were reported after the job's end. */
    public long iterationsBeyond() {
        return iterationsBeyond;
    }

    /** Of the failures, those that were reported after the job's end. */
    public long failuresBeyond() {
        return failuresBeyond;
    }

    public long batchesCreated() {
        return batchesCreated;
    }

    public int batchesInFlight() {
        return batchesInFlight;
    }

    public long batchesCompleted() {
        return batchesCompleted;
    }

    public long batchesLost() {
        return batchesLost;
    }

    public long infrastructureTroubles() {
        return infrastructureTroubles;
    }

    /** Mean wall time of the latest batches, in milliseconds; null until one was counted. */
    @Nullable
    public Long batchMillis() {
        return batchMillis;
    }

    public List<UnexpectedPasses> unexpectedPasses() {
        return unexpectedPasses;
    }

    @Nullable
    public UUID firstFailureId() {
        return firstFailureId;
    }

    @Nullable
    public Instant firstFailureAt() {
        return firstFailureAt;
    }

    /** When a batch was counted last. */
    @Nullable
    public Instant countedAt() {
        return countedAt;
    }
}
