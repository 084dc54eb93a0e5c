package io.bohrwerk.api.batch;

import io.bohrwerk.api.work.Waiting;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

public interface Batches extends JpaRepository<Batch, UUID> {
    /**
     * By the index of both, and no other: with a plain equality PostgreSQL may walk down all positions until it has met enough of the
     * job's, which for a large job of last year is everything since.
     */
    @Query(
            nativeQuery = true,
            value = "select * from batches where (job_id, position) < (:job, :below) and job_id >= :job"
                    + " order by job_id desc, position desc")
    List<Batch> ofJob(UUID job, long below, Limit limit);

    @Query("from Batch where jobId = :job and state = QUEUED")
    List<Batch> inFlight(UUID job);

    /** Batches whose iterations were not counted, on their way or lost. */
    @Query("from Batch where jobId = :job and state <> COMPLETED")
    List<Batch> notCounted(UUID job);

    /** Batches that were neither reported nor seen in a heartbeat since then, the longest silent first. */
    @Query("select new io.bohrwerk.api.work.Waiting(id, attempt.number, attempt.queuedAt) from Batch"
            + " where state = QUEUED and attempt.queuedAt < :since"
            + " and (attempt.seenAt is null or attempt.seenAt < :since) order by attempt.queuedAt")
    List<Waiting> silentSince(Instant since, Limit limit);

    /** Not a change of state, so it takes no lock of the job and no version. */
    @Modifying
    @Query(nativeQuery = true, value = "update batches set seen_at = :now where id in (:ids) and state = 'QUEUED'")
    void seen(Collection<UUID> ids, Instant now);
}
