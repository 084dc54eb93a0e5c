package io.bohrwerk.api.queue;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.TraceRequest;
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
    private final ApplicationEventPublisher events;

    Outbox(JdbcClient database, JdbcTemplate rows, ApplicationEventPublisher events) {
        this.database = database;
        this.rows = rows;
        this.events = events;
    }

    /** There is something new in the outbox, once the transaction is committed. */
    record Filled() {}

    /** A batch on its way. @param traceparent of the span that it belongs to; null for one that is not traced */
    public record Message(BatchRequest request, @Nullable String traceparent) {}

    /** @param dueAt none is to be sent before */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(List<Message> messages, Instant dueAt) {
        if (messages.isEmpty()) {
            return;
        }
        rows.batchUpdate(
                "insert into outbox (topic, key, payload, job_id, batch_id, due_at, traceparent)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                messages.stream()
                        .map(message -> new Object[] {
                            Topics.BATCHES,
                            message.request().jobId().toString(),
                            Wire.write(message.request()),
                            message.request().jobId(),
                            message.request().batchId(),
                            dueAt.atOffset(ZoneOffset.UTC),
                            message.traceparent()
                        })
                        .toList());
        events.publishEvent(new Filled());
    }

    /** @param dueAt not to be sent before */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(ReplayRequest request, Instant dueAt) {
        database.sql("insert into outbox (topic, key, payload, replay_id, due_at) values (?, ?, ?, ?, ?)")
                .params(
                        Topics.BATCHES,
                        request.failureId().toString(),
                        Wire.write(request),
                        request.replayId(),
                        dueAt.atOffset(ZoneOffset.UTC))
                .update();
        events.publishEvent(new Filled());
    }

    /** @param dueAt not to be sent before */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(TraceRequest request, Instant dueAt) {
        database.sql("insert into outbox (topic, key, payload, trace_id, due_at) values (?, ?, ?, ?, ?)")
                .params(
                        Topics.BATCHES,
                        request.jobId().toString(),
                        Wire.write(request),
                        request.traceId(),
                        dueAt.atOffset(ZoneOffset.UTC))
                .update();
        events.publishEvent(new Filled());
    }

    /** Whether a message about the trace has not been sent yet. */
    public boolean holdsTrace(UUID trace) {
        return database.sql("select exists (select 1 from outbox where trace_id = ?)")
                .param(trace)
                .query(Boolean.class)
                .single();
    }

    /** Whether a message about the replay has not been sent yet. */
    public boolean holdsReplay(UUID replay) {
        return database.sql("select exists (select 1 from outbox where replay_id = ?)")
                .param(replay)
                .query(Boolean.class)
                .single();
    }

    /** Whether a message about the batch has not been sent yet. */
    public boolean holds(UUID batch) {
        return database.sql("select exists (select 1 from outbox where batch_id = ?)")
                .param(batch)
                .query(Boolean.class)
                .single();
    }

    /**
     * Takes back what a job has not sent yet. Waits for nobody: what is being sent at this moment stays.
     *
     * @return the batches that were taken back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<UUID> withdraw(UUID job) {
        return database.sql("""
                delete from outbox
                where id in (select id from outbox where job_id = ? for update skip locked)
                returning batch_id""").param(job).query(UUID.class).list();
    }
}
