package io.bohrwerk.api.scheduling;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.strategy.ArmCount;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was counted of each arm of a job's strategy. Changed under the job's row lock. */
@Component
public class Arms {
    private final JdbcClient database;

    Arms(JdbcClient database) {
        this.database = database;
    }

    /** What is to be counted of a job's arms in this transaction. */
    public Counts counts(UUID job) {
        return new Counts(job);
    }

    /** Gathers, so that an arm's row is changed once in a transaction, however many batches are counted in it. */
    public final class Counts {
        private final UUID job;
        private final SortedMap<Integer, ArmCount> added = new TreeMap<>();

        private Counts(UUID job) {
            this.job = job;
        }

        /** Counts a batch, which must not have been counted. */
        public void add(Batch batch, long iterations, boolean failed) {
            added.merge(batch.arm(), new ArmCount(1, iterations, failed ? 1 : 0), Counts::sum);
        }

        private static ArmCount sum(ArmCount one, ArmCount other) {
            return new ArmCount(
                    one.batches() + other.batches(),
                    one.iterations() + other.iterations(),
                    one.failures() + other.failures());
        }

        public void save() {
            added.forEach((number, count) -> database.sql("""
                insert into arms (job_id, number, batches, iterations, failures) values (?, ?, ?, ?, ?)
                on conflict (job_id, number) do update set batches = arms.batches + excluded.batches,
                    iterations = arms.iterations + excluded.iterations, failures = arms.failures + excluded.failures""")
                    .param(job)
                    .param(number)
                    .param(count.batches())
                    .param(count.iterations())
                    .param(count.failures())
                    .update());
        }
    }

    /** @param size how many arms the strategy has; those that nothing was counted of come as {@link ArmCount#NOTHING} */
    public List<ArmCount> of(UUID job, int size) {
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
