package io.bohrwerk.api.queue;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.Withdrawal;
import io.bohrwerk.protocol.batch.Work;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Messages on their way to Kafka: written with the change that caused them, in the same transaction, and sent after its commit. */
@Component
public class Outbox {
    private final JdbcClient database;
    private final JdbcTemplate rows;
    private final AttemptSecrets secrets;
    private final ApplicationEventPublisher events;

    Outbox(JdbcClient database, JdbcTemplate rows, AttemptSecrets secrets, ApplicationEventPublisher events) {
        this.secrets = secrets;
        this.database = database;
        this.rows = rows;
        this.events = events;
    }

    /** There is something new in the outbox, once the transaction is committed. */
    record Filled() {}

    /** @param traceparent of the span that the work belongs to; null for work that is not traced */
    public record Message(Work work, @Nullable String traceparent) {}

    /** @param dueAt not to be sent before */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(Work work, Instant dueAt) {
        add(List.of(new Message(work, null)), dueAt);
    }

    /** @param dueAt none is to be sent before */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(List<Message> messages, Instant dueAt) {
        if (messages.isEmpty()) {
            return;
        }
        rows.batchUpdate(
                "insert into outbox (topic, key, payload, job_id, work_id, due_at, traceparent, secret)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                messages.stream()
                        .map(message -> new Object[] {
                            Topics.BATCHES,
                            message.work().key(),
                            Wire.write(message.work()),
                            message.work().jobId(),
                            message.work().id(),
                            dueAt.atOffset(ZoneOffset.UTC),
                            message.traceparent(),
                            secrets.of(
                                    message.work().kind(),
                                    message.work().id(),
                                    message.work().attempt())
                        })
                        .toList());
        events.publishEvent(new Filled());
    }

    /** Tells all workers that a job has ended. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(Withdrawal withdrawal) {
        database.sql("insert into outbox (topic, key, payload, work_id, due_at) values (?, ?, ?, ?, ?)")
                .params(
                        Topics.WITHDRAWALS,
                        withdrawal.jobId().toString(),
                        Wire.write(withdrawal),
                        withdrawal.jobId(),
                        Instant.now().atOffset(ZoneOffset.UTC))
                .update();
        events.publishEvent(new Filled());
    }

    /** Whether a message about the work has not been sent yet. */
    public boolean holds(UUID work) {
        return database.sql("select exists (select 1 from outbox where work_id = ?)")
                .param(work)
                .query(Boolean.class)
                .single();
    }

    /**
     * Takes back what a job has not sent yet. Waits for nobody: what is being sent at this moment stays.
     *
     * @return the work that was taken back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<UUID> withdraw(UUID job) {
        return database.sql("""
                delete from outbox
                where id in (select id from outbox where job_id = ? for update skip locked)
                returning work_id""").param(job).query(UUID.class).list();
    }
}
