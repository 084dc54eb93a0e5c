package io.bohrwerk.api.batch;

import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.time.Instant;
import java.time.ZoneOffset;
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
