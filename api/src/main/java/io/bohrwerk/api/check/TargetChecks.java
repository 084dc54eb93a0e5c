package io.bohrwerk.api.check;

import io.bohrwerk.api.work.Waiting;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

interface TargetChecks extends JpaRepository<TargetCheck, UUID> {
    @Query("from TargetCheck where targetId = :target")
    Optional<TargetCheck> of(String target);

    @Query("from TargetCheck where targetId in :targets")
    List<TargetCheck> of(Collection<String> targets);

    /** The only way to a check that is to be changed. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from TargetCheck where id = :id")
    Optional<TargetCheck> lock(UUID id);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from TargetCheck where targetId = :target")
    Optional<TargetCheck> lockOf(String target);

    @Query("select new io.bohrwerk.api.work.Waiting(id, attempt.number, attempt.queuedAt) from TargetCheck"
            + " where state in (QUEUED, RUNNING) and attempt.queuedAt < :since"
            + " and (attempt.seenAt is null or attempt.seenAt < :since) order by attempt.queuedAt")
    List<Waiting> silentSince(Instant since, Limit limit);
}
