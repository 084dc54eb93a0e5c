package io.bohrwerk.api.crash;

import io.bohrwerk.api.signature.Signature;
import io.bohrwerk.protocol.batch.Outcome;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

public interface Crashes extends JpaRepository<Crash, UUID> {
    @Query("from Crash where position < :below order by position desc")
    List<Crash> below(long below, Limit limit);

    @Query(
            "from Crash c where position < :below and exists (select 1 from Failure f where f.jobId = :job and f.crashId = c.id)"
                    + " order by position desc")
    List<Crash> ofJob(UUID job, long below, Limit limit);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from Crash where signature = :signature")
    Crash lock(String signature);

    @Modifying
    @Query(
            nativeQuery = true,
            value =
                    "insert into crashes (id, version, signature, title, outcome, failures, first_seen, last_seen)"
                            + " values (:id, 0, :signature, :title, :outcome, 0, :seen, :seen) on conflict (signature) do nothing")
    void addUnlessThere(UUID id, String signature, String title, String outcome, Instant seen);

    /** Counts a failure under its signature. Two jobs may meet a new signature at once: the database decides who was first. */
    default Crash count(Signature signature, Outcome outcome, Instant occurredAt) {
        addUnlessThere(UUID.randomUUID(), signature.key(), signature.title(), outcome.name(), occurredAt);
        Crash crash = lock(signature.key());
        crash.count(occurredAt);
        return crash;
    }
}
