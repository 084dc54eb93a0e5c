package io.bohrwerk.api.job;

import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

interface Jobs extends JpaRepository<Job, UUID> {
    @Query("from Job where position < :below order by position desc")
    List<Job> below(long below, Limit limit);

    @Query("from Job where state in :states and position < :below order by position desc")
    List<Job> in(Collection<JobState> states, long below, Limit limit);

    /** The only way to a job that is to be changed. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from Job where id = :id")
    Optional<Job> lock(UUID id);

    Optional<Job> findByIdempotencyKey(String key);

    /** Jobs with room in their window, and those whose real time may be over. */
    @Query("select id from Job where state in (QUEUED, RUNNING)"
            + " and ((batchesInFlight < :window and iterations + promised < iterationBudget)"
            + " or (wallTimeNanos is not null and startedAt is not null)) order by position")
    List<UUID> needingAttention(int window);

    @Query("select id from Job where state = QUEUED and id in :ids")
    List<UUID> queuedAmong(Collection<UUID> ids);
}
