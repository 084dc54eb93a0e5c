package io.bohrwerk.api.job;

import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

public interface Jobs extends JpaRepository<Job, UUID> {
    @Query("from Job where position < :below order by position desc")
    List<Job> below(long below, Limit limit);

    /** State by state, so that each is read in its order from an index, however many jobs are in it. */
    default List<Job> inAny(Collection<JobState> states, long below, Limit limit) {
        return states.stream()
                .distinct()
                .flatMap(state -> in(state.name(), below, limit).stream())
                .sorted(Comparator.comparingLong(Job::position).reversed())
                .limit(limit.max())
                .toList();
    }

    @Query(
            nativeQuery = true,
            value = "select * from jobs where (state, position) < (:state, :below) and state >= :state"
                    + " order by state desc, position desc")
    List<Job> in(String state, long below, Limit limit);

    /** Both sides of a comparison are locked together, and always in the same order. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from Job where id = :id or comparisonId = (select j.comparisonId from Job j where j.id = :id) order by id")
    List<Job> lockWithPartner(UUID id);

    /** The only way to a job that is to be changed. */
    default Optional<Job> lock(UUID id) {
        return lockWithPartner(id).stream().filter(job -> job.id().equals(id)).findFirst();
    }

    @Query("from Job where comparisonId = :comparison and id <> :job")
    Optional<Job> partner(UUID comparison, UUID job);

    Optional<Job> findByOriginIdempotencyKey(String key);

    /** Jobs with room in their window, and those whose real time may be over. */
    @Query("select id from Job where state in (QUEUED, RUNNING)"
            + " and ((totals.batchesInFlight < :window and totals.iterations + totals.promised < stopRules.iterations)"
            + " or (stopRules.wallTimeNanos is not null and startedAt is not null)) order by position")
    List<UUID> needingAttention(int window);

    @Query("select id from Job where awaitsCheck and targetId = :target and state in (QUEUED, RUNNING)")
    List<UUID> awaitingCheckOf(String target);

    @Query("select id from Job where awaitsCheck and state in (QUEUED, RUNNING) order by position")
    List<UUID> awaitingChecks();

    @Query("select id from Job where state = QUEUED and id in :ids")
    List<UUID> queuedAmong(Collection<UUID> ids);
}
