package io.bohrwerk.worker;

import io.bohrwerk.protocol.DiskReserve;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import io.bohrwerk.telemetry.Spans;
import io.bohrwerk.worker.queue.BatchConsumer;
import io.bohrwerk.worker.queue.Heartbeats;
import io.bohrwerk.worker.queue.KafkaClients;
import io.bohrwerk.worker.queue.Reports;
import io.bohrwerk.worker.queue.Room;
import io.bohrwerk.worker.queue.Withdrawals;
import io.bohrwerk.worker.settings.WorkerProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: its slots and all that they share. */
final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    /** Of the time for a stop, what is kept for leaving the queue after everything was interrupted. */
    private static final double SHARE_FOR_ORDERLY_END = 0.6;

    private static final String SERVICE = "bohrwerk-worker";
    private static final Duration PRODUCER_CLOSE = Duration.ofSeconds(1);

    private final WorkerProperties properties;
    private final String host = WorkerProperties.host();
    private final Engine engine;
    private final Room room;
    private final Reports reports;
    private final List<BatchConsumer> slots = new ArrayList<>();
    /** Closed in the opposite order. */
    private final List<AutoCloseable> resources = new ArrayList<>();

    private Worker(WorkerProperties properties, Engine engine) {
        this.properties = properties;
        this.engine = engine;
        this.room = new Room(
                new DiskReserve(properties.home(), properties.leastFree().toBytes()));
        boolean good = false;
        resources.add(engine);
        try {
            KafkaClients clients = new KafkaClients(
                    properties.queue(), properties.id(), engine.runners().kinds());
            Producer<String, byte[]> producer = clients.producer();
            resources.add(() -> producer.close(PRODUCER_CLOSE));
            this.reports = new Reports(producer);
            Spans spans = kept(Spans.to(
                    properties.telemetry().endpoint(), properties.telemetry().headers(), SERVICE, properties.id()));
            Withdrawals withdrawals = kept(new Withdrawals(clients));
            withdrawals.start();
            for (int slot = 1; slot <= properties.slots(); slot++) {
                slots.add(new BatchConsumer(
                        "slot-" + slot,
                        clients,
                        properties.queue().renewInterval(),
                        engine.runners(),
                        reports,
                        withdrawals,
                        room,
                        spans));
            }
            slots.forEach(BatchConsumer::start);
            kept(new Heartbeats(producer, this::heartbeat, sign())).start(properties.heartbeatInterval());
            good = true;
        } finally {
            if (!good) {
                closeResources();
            }
        }
    }

    /**
     * Starts taking batches. The broker may come later.
     *
     * @param engine closed with the worker
     */
    static Worker start(WorkerProperties properties, Engine engine) {
        Worker worker = new Worker(properties, engine);
        log.info(
                "worker {} with {} slots, {}, queue {}",
                properties.id(),
                properties.slots(),
                engine.versions(),
                properties.queue().bootstrapServers());
        return worker;
    }

    private Path sign() {
        return properties.home().resolve("alive-" + properties.id());
    }

    private <T extends AutoCloseable> T kept(T resource) {
        resources.add(resource);
        return resource;
    }

    private WorkerHeartbeat heartbeat() {
        return new WorkerHeartbeat(
                Wire.VERSION,
                properties.id(),
                host,
                properties.slots(),
                engine.versions(),
                Instant.now(),
                slots.stream().flatMap(slot -> slot.running().stream()).toList(),
                reports.lastTrouble(),
                properties.largestGuestBytes(),
                engine.snapshots().orElse(null),
                room.shortage().orElse(null),
                engine.severalCpus());
    }

    /** Gives running batches back to the queue, within the time for it. */
    @Override
    public void close() {
        long end = System.nanoTime() + properties.stopLimit().toNanos();
        slots.forEach(BatchConsumer::stop);
        try {
            // Or the idle ones would be handed what the busy ones give back.
            for (BatchConsumer slot : slots) {
                slot.awaitIdleEnd();
            }
            engine.stop();
            long orderly = (long) (properties.stopLimit().toNanos() * SHARE_FOR_ORDERLY_END);
            if (!awaitSlots(end - properties.stopLimit().toNanos() + orderly)) {
                slots.forEach(BatchConsumer::interrupt);
                if (!awaitSlots(end)) {
                    log.warn("slots did not end in time; their batches come back when their locks end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeResources();
        log.info("worker {} has stopped", properties.id());
    }

    private boolean awaitSlots(long end) throws InterruptedException {
        boolean all = true;
        for (BatchConsumer slot : slots) {
            all &= slot.awaitEnd(Duration.ofNanos(end - System.nanoTime()));
        }
        return all;
    }

    private void closeResources() {
        for (int i = resources.size() - 1; i >= 0; i--) {
            try {
                resources.get(i).close();
            } catch (Exception e) {
                log.warn("while stopping: {}", e.toString());
            }
        }
    }
}
