package io.bohrwerk.api.worker;

import io.bohrwerk.protocol.worker.WorkerHeartbeat.RunningBatch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A worker as the API shows it.
 *
 * @param running the batches in its machines now
 * @param replays the replays in its machines now
 * @param traces the traces in its machines now
 * @param largestGuest bytes of memory that a guest may have there; null when it does not say
 */
record WorkerView(
        String id,
        String host,
        int slots,
        String emulator,
        boolean alive,
        Instant lastSeen,
        List<RunningBatch> running,
        List<Replaying> replays,
        List<Tracing> traces,
        @Nullable String lastTrouble,
        @Nullable Long largestGuest) {
    /** @param mode as {@code POST /failures/ID/replay} takes it, in capitals */
    record Replaying(UUID replayId, UUID failureId, String mode) {}

    record Tracing(UUID traceId, UUID jobId) {}

    /**
     * What a dead worker last said to be running is not running.
     *
     * @param replays those of all workers, by their id
     * @param traces those of all workers, by their id
     */
    static WorkerView from(Worker worker, boolean alive, Map<UUID, Replaying> replays, Map<UUID, Tracing> traces) {
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.slots(),
                worker.emulator(),
                alive,
                worker.lastSeen(),
                alive ? worker.running() : List.of(),
                alive ? found(worker.replays(), replays) : List.of(),
                alive ? found(worker.traces(), traces) : List.of(),
                worker.lastTrouble(),
                worker.largestGuest());
    }

    private static <T> List<T> found(List<UUID> ids, Map<UUID, T> all) {
        return ids.stream().flatMap(id -> Stream.ofNullable(all.get(id))).toList();
    }
}
