package io.bohrwerk.worker;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says regularly that the worker lives and what it does. */
final class Heartbeats implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

    private final Producer<String, byte[]> producer;
    private final Supplier<WorkerHeartbeat> next;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bohrwerk-heartbeat");
        thread.setDaemon(true);
        return thread;
    });
    private boolean silent;

    Heartbeats(Producer<String, byte[]> producer, Supplier<WorkerHeartbeat> next) {
        this.producer = producer;
        this.next = next;
    }

    void start(Duration interval) {
        clock.scheduleWithFixedDelay(this::beat, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One at a time: while the broker is away none piles up. */
    private void beat() {
        try {
            WorkerHeartbeat heartbeat = next.get();
            producer.send(new ProducerRecord<>(Topics.HEARTBEATS, heartbeat.workerId(), Wire.write(heartbeat)))
                    .get();
            silent = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | KafkaException e) {
            if (!silent) {
                log.warn("no heartbeat gets through, and none is logged again until one does: {}", e.toString());
            }
            silent = true;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
