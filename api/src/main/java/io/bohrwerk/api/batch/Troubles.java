package io.bohrwerk.api.batch;

import io.bohrwerk.api.web.Page;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The infrastructure troubles of attempts; one per attempt. They are told to people and never enter a rate. */
@Component
public class Troubles {
    private final JdbcClient database;

    Troubles(JdbcClient database) {
        this.database = database;
    }

    /**
     * A trouble as the API shows it.
     *
     * @param workerId null when no worker reported it
     */
    record Told(
            UUID jobId,
            UUID batchId,
            int attempt,
            InfrastructureTrouble kind,
            String message,
            @Nullable String workerId,
            Instant at) {}

    private record Row(Told trouble, long position) {}

    /**
     * Latest first.
     *
     * @param job null for all
     * @param workerId null for all
     * @param limit and {@code cursor} as the client gave them
     */
    Page<Told> page(@Nullable UUID job, @Nullable String workerId, @Nullable Integer limit, @Nullable String cursor) {
        return Page.of(limit, cursor, (below, most) -> below(job, workerId, below, most.max()), Row::position)
                .map(Row::trouble);
    }

    private List<Row> below(@Nullable UUID job, @Nullable String workerId, long position, int most) {
        String sql = "select * from infrastructure_troubles where ";
        if (job != null) {
            sql += "(job_id, position) < (:job, :below) and job_id >= :job"
                    + (workerId == null ? "" : " and worker_id = :worker")
                    + " order by job_id desc, position desc";
        } else if (workerId != null) {
            sql += "(worker_id, position) < (:worker, :below) and worker_id >= :worker"
                    + " order by worker_id desc, position desc";
        } else {
            sql += "position < :below order by position desc";
        }
        return database.sql(sql + " limit :most")
                .param("below", position)
                .param("job", job)
                .param("worker", workerId)
                .param("most", most)
                .query((row, number) -> new Row(
                        new Told(
                                row.getObject("job_id", UUID.class),
                                row.getObject("batch_id", UUID.class),
                                row.getInt("attempt"),
                                InfrastructureTrouble.valueOf(row.getString("kind")),
                                row.getString("message"),
                                row.getString("worker_id"),
                                row.getTimestamp("at").toInstant()),
                        row.getLong("position")))
                .list();
    }

    /**
     * @param workerId null when no worker reported it
     * @return whether it is new: false for a copy of a report
     */
    public boolean add(
            Batch batch,
            int attempt,
            InfrastructureTrouble kind,
            String message,
            @Nullable String workerId,
            Instant now) {
        return database.sql("""
                insert into infrastructure_troubles (batch_id, attempt, job_id, kind, message, worker_id, at)
                values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing""")
                        .param(batch.id())
                        .param(attempt)
                        .param(batch.jobId())
                        .param(kind.name())
                        .param(message)
                        .param(workerId)
                        .param(now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }
}
