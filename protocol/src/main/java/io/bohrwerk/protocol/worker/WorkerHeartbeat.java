package io.bohrwerk.protocol.worker;

import static io.bohrwerk.protocol.InvalidInputException.present;

import io.bohrwerk.protocol.Wire;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's sign of life, every few seconds.
 *
 * @param workerId unique per worker process
 * @param slots how many machines it runs at once
 * @param emulator the emulator's version
 * @param running the batches in its machines now
 * @param replays the replays in its machines now; left out by older processes
 * @param traces the traces in its machines now; left out by older processes
 * @param lastTrouble the latest infrastructure trouble in one line, null when there was none
 * @param largestGuest bytes of memory that a guest may have here; null, as in messages of older processes, for any
 * @param snapshots what the cache of snapshots did; null where there is none, and in messages of older processes
 */
public record WorkerHeartbeat(
        int version,
        String workerId,
        String host,
        int slots,
        String emulator,
        Instant at,
        List<RunningBatch> running,
        @Nullable String lastTrouble,
        List<UUID> replays,
        List<UUID> traces,
        @Nullable Long largestGuest,
        @Nullable SnapshotCounts snapshots) {
    public WorkerHeartbeat {
        Wire.requireKnown(version);
        present(workerId, "workerId");
        present(host, "host");
        present(emulator, "emulator");
        present(at, "at");
        present(running, "running");
        running = List.copyOf(running);
        replays = replays == null ? List.of() : List.copyOf(replays);
        traces = traces == null ? List.of() : List.copyOf(traces);
    }

    /** Of a worker that runs nothing but batches, of guests of any size. */
    public WorkerHeartbeat(
            int version,
            String workerId,
            String host,
            int slots,
            String emulator,
            Instant at,
            List<RunningBatch> running,
            @Nullable String lastTrouble) {
        this(version, workerId, host, slots, emulator, at, running, lastTrouble, List.of(), List.of(), null, null);
    }

    /** Of a worker for guests of any size. */
    public WorkerHeartbeat(
            int version,
            String workerId,
            String host,
            int slots,
            String emulator,
            Instant at,
            List<RunningBatch> running,
            @Nullable String lastTrouble,
            List<UUID> replays,
            List<UUID> traces) {
        this(version, workerId, host, slots, emulator, at, running, lastTrouble, replays, traces, null, null);
    }

    /** @param iterationsPassed as far as the agent has reported */
    public record RunningBatch(UUID batchId, UUID jobId, int attempt, long iterationsPassed) {}
}
