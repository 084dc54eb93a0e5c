package io.bohrwerk.worker;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.blob.BlobStore;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: its slots and all that they share. */
final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    /** Of the time for a stop, what is kept for leaving the queue after everything was interrupted. */
    private static final double SHARE_FOR_ORDERLY_END = 0.6;

    private static final Duration PRODUCER_CLOSE = Duration.ofSeconds(1);

    private final WorkerProperties properties;
    private final String host = WorkerProperties.host();
    private final String emulatorVersions;
    private final Machines machines;
    private final Reports reports;
    private final List<BatchConsumer> slots = new ArrayList<>();
    /** Closed in the opposite order. */
    private final List<AutoCloseable> resources = new ArrayList<>();

    private Worker(WorkerProperties properties, BlobStore store) throws IOException, InfrastructureException {
        this.properties = properties;
        boolean good = false;
        resources.add(store);
        try {
            Emulator emulator = kept(Emulator.open(properties.emulatorSettings()));
            this.emulatorVersions = versions(emulator);
            this.machines = new Machines(emulator);
            DiskCache cache = kept(DiskCache.open(
                    properties.home().resolve("cache"), properties.cacheLimit().toBytes()));
            BlobFiles blobs = new BlobFiles(store);
            TargetCache targets = new TargetCache(cache, blobs);
            SnapshotCache snapshots = new SnapshotCache(cache, blobs, machines);
            Runners runners = new Runners(
                    new BatchRunner(properties.id(), emulator, machines, targets, snapshots, new FailureKeeper(blobs)),
                    new ReplayRunner(properties.id(), emulator, machines, targets, snapshots, cache, blobs),
                    new TraceRunner(properties.id(), emulator, machines, targets, snapshots, blobs));
            KafkaClients clients = new KafkaClients(properties.queue(), properties.id());
            Producer<String, byte[]> producer = clients.producer();
            resources.add(() -> producer.close(PRODUCER_CLOSE));
            this.reports = new Reports(producer);
            for (int slot = 1; slot <= properties.slots(); slot++) {
                slots.add(new BatchConsumer(
                        "slot-" + slot, clients, properties.queue().renewInterval(), runners, reports));
            }
            slots.forEach(BatchConsumer::start);
            kept(new Heartbeats(producer, this::heartbeat)).start(properties.heartbeatInterval());
            good = true;
        } finally {
            if (!good) {
                closeResources();
            }
        }
    }

    /**
     * Starts taking batches. The broker may come later; the emulators must be here.
     *
     * @param store closed with the worker
     */
    static Worker start(WorkerProperties properties, BlobStore store) throws IOException, InfrastructureException {
        Worker worker = new Worker(properties, store);
        log.info(
                "worker {} with {} slots, {}, queue {}",
                properties.id(),
                properties.slots(),
                worker.emulatorVersions,
                properties.queue().bootstrapServers());
        return worker;
    }

    private <T extends AutoCloseable> T kept(T resource) {
        resources.add(resource);
        return resource;
    }

    /** All architectures, now: a worker that lacks one would use up the attempts at batches that others can run. */
    private static String versions(Emulator emulator) throws InfrastructureException {
        List<String> versions = new ArrayList<>();
        for (TargetManifest.Arch arch : TargetManifest.Arch.values()) {
            versions.add(emulator.version(arch));
        }
        return versions.stream().collect(Collectors.joining("; "));
    }

    private WorkerHeartbeat heartbeat() {
        return new WorkerHeartbeat(
                Wire.VERSION,
                properties.id(),
                host,
                properties.slots(),
                emulatorVersions,
                Instant.now(),
                slots.stream().flatMap(Worker::running).toList(),
                reports.lastTrouble(),
                slots.stream().flatMap(slot -> slot.replaying().stream()).toList(),
                slots.stream().flatMap(slot -> slot.tracing().stream()).toList());
    }

    private static Stream<WorkerHeartbeat.RunningBatch> running(BatchConsumer slot) {
        return slot.running().stream();
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
            machines.stop();
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
