package io.bohrwerk.api.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface JobTraces extends JpaRepository<JobTrace, UUID> {
    @Query("from JobTrace where jobId = :job order by arm")
    List<JobTrace> ofJob(UUID job);

    /** Traces that were neither reported nor seen in a heartbeat since then. */
    @Query("from JobTrace where state in (QUEUED, RUNNING) and queuedAt < :since"
            + " and (seenAt is null or seenAt < :since) order by queuedAt")
    List<JobTrace> silentSince(Instant since, Limit limit);
}
