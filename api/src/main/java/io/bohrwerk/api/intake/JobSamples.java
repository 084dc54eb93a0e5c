package io.bohrwerk.api.intake;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Rate;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.strategy.Sampling;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What jobs had counted when, so that a rate's interval can be seen to narrow. A point is kept whenever iterations or failures have grown
 * by a twentieth, so their number grows with the logarithm of both: a job of 10<sup>12</sup> iterations has 600.
 */
@Component
public class JobSamples {
    private final JdbcClient database;

    JobSamples(JdbcClient database) {
        this.database = database;
    }

    /** @param iterations and {@code failures} from the job's beginning */
    public record Sample(Instant at, long iterations, long failures, Rate failureRate) {}

    /** Under the job's row lock, after batches of it were counted. */
    void add(Job job, Instant now) {
        database.sql("""
                insert into job_samples (job_id, iterations, failures, at)
                select :job, :iterations, :failures, :now
                where :iterations > 0 and not exists (
                    select 1 from (
                        select iterations, failures from job_samples where job_id = :job order by iterations desc limit 1) as last
                    where :iterations < last.iterations * 1.05 and :failures <= last.failures * 1.05)
                on conflict (job_id, iterations) do nothing""")
                .param("job", job.id())
                .param("iterations", job.iterations())
                .param("failures", job.failures())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Oldest first. */
    public List<Sample> of(Job job) {
        Sampling sampling = job.course().strategy().sampling();
        return database.sql("select at, iterations, failures from job_samples where job_id = ? order by iterations")
                .param(job.id())
                .query((row, number) -> new Sample(
                        row.getTimestamp("at").toInstant(),
                        row.getLong("iterations"),
                        row.getLong("failures"),
                        Rate.of(FailureRate.of(row.getLong("failures"), row.getLong("iterations")), sampling)))
                .list();
    }
}
