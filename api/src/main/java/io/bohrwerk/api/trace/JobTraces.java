package io.bohrwerk.api.trace;

import io.bohrwerk.api.work.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface JobTraces extends JpaRepository<JobTrace, UUID> {
    @Query("from JobTrace where jobId = :job order by arm")
    List<JobTrace> ofJob(UUID job);

    /** Traces that were neither reported nor seen in a heartbeat since then. */
    @Query("select new io.bohrwerk.api.work.Waiting(id, attempt.number, attempt.queuedAt) from JobTrace"
            + " where state in (QUEUED, RUNNING) and attempt.queuedAt < :since"
            + " and (attempt.seenAt is null or attempt.seenAt < :since) order by attempt.queuedAt")
    List<Waiting> silentSince(Instant since, Limit limit);
}
