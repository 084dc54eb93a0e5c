package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
public final class Heartbeats implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

    private static final Duration LAST_BEAT = Duration.ofSeconds(1);

    private final Producer<String, byte[]> producer;
    private final Supplier<WorkerHeartbeat> next;
    private final Path sign;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bohrwerk-heartbeat");
        thread.setDaemon(true);
        return thread;
    });
    private boolean silent;

    /** @param sign a file that is touched with every beat, for whoever watches this process from its own host; taken away at the end */
    public Heartbeats(Producer<String, byte[]> producer, Supplier<WorkerHeartbeat> next, Path sign) {
        this.producer = producer;
        this.next = next;
        this.sign = sign;
    }

    public void start(Duration interval) {
        clock.scheduleWithFixedDelay(this::beat, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One at a time: while the broker is away none piles up. */
    private void beat() {
        try {
            Files.writeString(sign, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            log.warn("the sign of life {} cannot be given: {}", sign, e.toString());
        }
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
        try {
            // Or a last beat would give the sign once more.
            if (!clock.awaitTermination(LAST_BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("the last heartbeat does not end");
            }
            Files.deleteIfExists(sign);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("{} stays: {}", sign, e.toString());
        }
    }
}
