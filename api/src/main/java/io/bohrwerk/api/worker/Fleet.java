package io.bohrwerk.api.worker;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import io.bohrwerk.protocol.worker.WorkerHeartbeat.RunningBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The workers that are alive now, taken together. */
@Component
public class Fleet {
    private final Workers workers;
    private final Duration timeout;

    Fleet(Workers workers, ApiProperties properties) {
        this.workers = workers;
        this.timeout = properties.workerTimeout();
    }

    /** What the fleet does at one moment. */
    public record Activity(int workers, int slots, List<RunningBatch> running) {
        /** How many machines work for a job. */
        public int machines(UUID job) {
            return (int)
                    running.stream().filter(batch -> batch.jobId().equals(job)).count();
        }

        /** Iterations that passed in batches of the job which have not reported yet. */
        public long iterationsRunning(UUID job) {
            return running.stream()
                    .filter(batch -> batch.jobId().equals(job))
                    .mapToLong(RunningBatch::iterationsPassed)
                    .sum();
        }

        public Set<UUID> batches() {
            return running.stream().map(RunningBatch::batchId).collect(Collectors.toSet());
        }
    }

    @Transactional
    public void hear(WorkerHeartbeat heartbeat) {
        hear(List.of(heartbeat));
    }

    /** @param heartbeats of different workers */
    @Transactional
    void hear(Collection<WorkerHeartbeat> heartbeats) {
        Map<String, Worker> known = new HashMap<>();
        workers.findAllById(heartbeats.stream().map(WorkerHeartbeat::workerId).toList())
                .forEach(worker -> known.put(worker.id(), worker));
        Instant now = Instant.now();
        for (WorkerHeartbeat heartbeat : heartbeats) {
            Worker worker = known.computeIfAbsent(heartbeat.workerId(), id -> new Worker(id));
            worker.hear(heartbeat, now);
            workers.save(worker);
        }
    }

    /** Slots of the workers that are alive: asked for with each report, so without what runs in them. */
    public int slots() {
        return workers.slotsSince(Instant.now().minus(timeout));
    }

    public Activity now() {
        List<Worker> alive = workers.seenSince(Instant.now().minus(timeout));
        return new Activity(
                alive.size(),
                alive.stream().mapToInt(Worker::slots).sum(),
                alive.stream().flatMap(worker -> worker.running().stream()).toList());
    }

    /** Whether a live worker has this version of an emulator, in the emulator's own words. */
    public boolean hasEmulator(String version) {
        return workers.seenSince(Instant.now().minus(timeout)).stream()
                .anyMatch(worker -> worker.emulator().contains(version));
    }

    boolean alive(Worker worker) {
        return !worker.lastSeen().isBefore(Instant.now().minus(timeout));
    }
}
