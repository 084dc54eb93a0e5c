package io.bohrwerk.api.failure;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Failures extends JpaRepository<Failure, UUID> {
    /** By the index of both, and no other: see {@link io.bohrwerk.api.batch.Batches#ofJob}. */
    @Query(
            nativeQuery = true,
            value = "select * from failures where (job_id, position) < (:job, :below) and job_id >= :job"
                    + " order by job_id desc, position desc")
    List<Failure> ofJob(UUID job, long below, Limit limit);

    @Query(
            nativeQuery = true,
            value = "select * from failures where (crash_id, position) < (:crash, :below) and crash_id >= :crash"
                    + " order by crash_id desc, position desc")
    List<Failure> ofCrash(UUID crash, long below, Limit limit);
}
