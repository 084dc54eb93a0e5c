package io.bohrwerk.api.replay;

import io.bohrwerk.api.work.Waiting;
import io.bohrwerk.protocol.batch.ReplayMode;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

public interface Replays extends JpaRepository<Replay, UUID> {
    @Query("from Replay where failureId = :failure and position < :below order by position desc")
    List<Replay> ofFailure(UUID failure, long below, Limit limit);

    /** Comparisons of a kind, the latest first. */
    @Query("from Replay where failureId = :failure and mode = :mode order by position desc")
    List<Replay> ofMode(UUID failure, ReplayMode mode, Limit limit);

    /** The only way to a replay that is to be changed. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from Replay where id = :id")
    Optional<Replay> lock(UUID id);

    /** Replays that were neither reported nor seen in a heartbeat since then. */
    @Query("select new io.bohrwerk.api.work.Waiting(id, attempt.number, attempt.queuedAt) from Replay"
            + " where state in (QUEUED, RUNNING) and attempt.queuedAt < :since"
            + " and (attempt.seenAt is null or attempt.seenAt < :since) order by attempt.queuedAt")
    List<Waiting> silentSince(Instant since, Limit limit);
}
