package io.bohrwerk.api.failure;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Failures extends JpaRepository<Failure, UUID> {
    @Query("from Failure where position < :below order by position desc")
    List<Failure> below(long below, Limit limit);

    @Query("from Failure where jobId = :job and position < :below order by position desc")
    List<Failure> ofJob(UUID job, long below, Limit limit);

    @Query("from Failure where crashId = :crash and position < :below order by position desc")
    List<Failure> ofCrash(UUID crash, long below, Limit limit);
}
