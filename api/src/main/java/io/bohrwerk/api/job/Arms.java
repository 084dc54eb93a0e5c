package io.bohrwerk.api.job;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.strategy.ArmCount;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was counted of each arm of a job's strategy. Changed under the job's row lock. */
@Component
class Arms {
    private final JdbcClient database;

    Arms(JdbcClient database) {
        this.database = database;
    }

    /** Counts a batch, which must not have been counted. */
    void count(Batch batch, long iterations, boolean failed) {
        database.sql("""
                insert into arms (job_id, number, batches, iterations, failures) values (?, ?, 1, ?, ?)
                on conflict (job_id, number) do update set batches = arms.batches + 1,
                    iterations = arms.iterations + excluded.iterations, failures = arms.failures + excluded.failures""")
                .param(batch.jobId())
                .param(batch.arm())
                .param(iterations)
                .param(failed ? 1 : 0)
                .update();
    }

    /** @param size how many arms the strategy has; those that nothing was counted of come as {@link ArmCount#NOTHING} */
    List<ArmCount> of(UUID job, int size) {
        List<ArmCount> counts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            counts.add(ArmCount.NOTHING);
        }
        database.sql("select number, batches, iterations, failures from arms where job_id = ? and number < ?")
                .param(job)
                .param(size)
                .query(row -> {
                    counts.set(
                            row.getInt("number"),
                            new ArmCount(row.getLong("batches"), row.getLong("iterations"), row.getLong("failures")));
                });
        return counts;
    }
}
