package io.bohrwerk.api.crash;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

public interface Crashes extends JpaRepository<Crash, UUID> {
    @Query("from Crash where position < :below order by position desc")
    List<Crash> below(long below, Limit limit);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from Crash where id = :id")
    Optional<Crash> lock(UUID id);

    /** The crash that was founded by a signature, and went into another one. */
    @Query("from Crash where signature = :signature and merged = true and duplicateOf = :into")
    Optional<Crash> mergedInto(UUID into, String signature);

    @Modifying
    @Query(
            nativeQuery = true,
            value =
                    "insert into crashes (id, version, signature, title, outcome, failures, first_seen, last_seen)"
                            + " values (:id, 0, :signature, :title, :outcome, 0, :seen, :seen) on conflict (signature) do nothing")
    void addUnlessThere(UUID id, String signature, String title, String outcome, Instant seen);

    @Modifying
    @Query(
            nativeQuery = true,
            value = "insert into crash_jobs (crash_id, job_id, failures) values (:crash, :job, 1)"
                    + " on conflict (crash_id, job_id) do update set failures = crash_jobs.failures + 1")
    void countInJob(UUID crash, UUID job);

    /** All failures of an hour meet in one row: the last lock that a report takes, so that it is held shortest. */
    @Modifying
    @Query(
            nativeQuery = true,
            value =
                    "insert into failure_hours (hour, failures) values (date_trunc('hour', cast(:at as timestamptz), 'UTC'), 1)"
                            + " on conflict (hour) do update set failures = failure_hours.failures + 1")
    void countInHour(Instant at);
}
