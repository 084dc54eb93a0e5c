package io.bohrwerk.api.queue;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.batch.ReportSeal;
import io.bohrwerk.telemetry.Spans;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Carries the outbox to Kafka. A row goes when the broker has acknowledged its message, so a message may be sent twice and is never lost.
 * Several API processes may do this at once: each takes rows that no other has locked.
 */
@Component
class OutboxPublisher implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxPublisher.class);
    /** Rows locked at once; a batch request has a few hundred bytes. */
    private static final int MOST_AT_ONCE = 500;

    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final KafkaTemplate<String, byte[]> kafka;
    private final Spans spans;
    private final Duration interval;
    private final Semaphore filled = new Semaphore(0);
    private volatile @Nullable Thread thread;

    OutboxPublisher(
            JdbcClient database,
            TransactionTemplate transaction,
            KafkaTemplate<String, byte[]> kafka,
            Spans spans,
            ApiProperties properties) {
        this.database = database;
        this.transaction = transaction;
        this.kafka = kafka;
        this.spans = spans;
        this.interval = properties.queue().publishInterval();
    }

    private record Row(
            long id,
            String topic,
            String key,
            byte[] payload,
            @Nullable String traceparent,
            byte @Nullable [] secret) {}

    /** @param span from handing it to Kafka to Kafka's word that it has it */
    private record Sent(long id, CompletableFuture<?> acknowledged, Spans.Span span) {}

    @TransactionalEventListener
    void filled(Outbox.Filled event) {
        filled.release();
    }

    @Override
    public void start() {
        Thread started = new Thread(this::run, "outbox");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    @Override
    public void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            filled.release();
            try {
                running.join(interval.toMillis() + 1_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    private void run() {
        boolean troubled = false;
        while (thread != null) {
            try {
                while (thread != null && publish() == MOST_AT_ONCE) {
                    LOG.debug("the outbox holds more");
                }
                troubled = false;
                filled.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
                filled.drainPermits();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // Kafka or the database is away. The rows stay; say so once, and go on asking.
                if (!troubled) {
                    LOG.warn("the outbox cannot be carried to Kafka, will go on trying", e);
                }
                troubled = true;
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(interval.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Sent send(Row row) {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(row.topic(), row.key(), row.payload());
        Spans.Span span = spans.sending("queue", row.traceparent());
        String parent = span.traceparent() == null ? row.traceparent() : span.traceparent();
        if (parent != null) {
            message.headers().add(Spans.HEADER, parent.getBytes(StandardCharsets.US_ASCII));
        }
        if (row.secret() != null) {
            message.headers().add(ReportSeal.SECRET_HEADER, row.secret());
        }
        return new Sent(row.id(), kafka.send(message), span);
    }

    /** @return how many rows were looked at */
    private int publish() {
        Integer count = transaction.execute(status -> {
            List<Row> rows = database.sql("""
                    select id, topic, key, payload, traceparent, secret from outbox where due_at <= ?
                    order by id limit ? for update skip locked""")
                    .param(OffsetDateTime.now(ZoneOffset.UTC))
                    .param(MOST_AT_ONCE)
                    .query((row, number) -> new Row(
                            row.getLong("id"),
                            row.getString("topic"),
                            row.getString("key"),
                            row.getBytes("payload"),
                            row.getString("traceparent"),
                            row.getBytes("secret")))
                    .list();
            List<Sent> sent = new ArrayList<>();
            for (Row row : rows) {
                sent.add(send(row));
            }
            List<Long> acknowledged = new ArrayList<>();
            RuntimeException failed = null;
            for (Sent message : sent) {
                try (Spans.Span span = message.span()) {
                    message.acknowledged().get();
                    acknowledged.add(message.id());
                } catch (ExecutionException e) {
                    message.span().fail("Kafka did not take it");
                    failed = new IllegalStateException("Kafka did not take a batch", e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("stopped while Kafka took batches", e);
                }
            }
            if (!acknowledged.isEmpty()) {
                database.sql("delete from outbox where id = any (?)")
                        .param(acknowledged.toArray(Long[]::new))
                        .update();
            }
            if (failed != null && acknowledged.isEmpty()) {
                throw failed;
            }
            return rows.size();
        });
        return count == null ? 0 : count;
    }
}
