package io.bohrwerk.api.worker;

import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A worker as the API shows it.
 *
 * @param work all that its machines run now, of every kind
 * @param running the batches among it
 * @param replays the replays among it
 * @param traces the traces among it
 * @param largestGuest bytes of memory that a guest may have there; null when it does not say
 * @param paused why it begins nothing new, one line for people; null while it does
 */
record WorkerView(
        String id,
        String host,
        int slots,
        String emulator,
        boolean alive,
        Instant lastSeen,
        List<RunningWork> work,
        List<Running> running,
        List<Replaying> replays,
        List<Tracing> traces,
        @Nullable String lastTrouble,
        @Nullable Long largestGuest,
        @Nullable String paused) {
    /** @param iterationsPassed as far as the agent has reported */
    record Running(UUID batchId, @Nullable UUID jobId, int attempt, long iterationsPassed) {}

    /** @param mode as {@code POST /failures/ID/replay} takes it, in capitals */
    record Replaying(UUID replayId, UUID failureId, String mode) {}

    record Tracing(UUID traceId, @Nullable UUID jobId) {}

    /**
     * What a dead worker last said to be running is not running.
     *
     * @param replays those of all workers, by their id
     */
    static WorkerView from(Worker worker, boolean alive, Map<UUID, Replaying> replays) {
        List<RunningWork> work = alive ? worker.running() : List.of();
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.slots(),
                worker.emulator(),
                alive,
                worker.lastSeen(),
                work,
                work.stream()
                        .filter(one -> one.is(BatchRequest.KIND))
                        .map(one -> new Running(one.id(), one.jobId(), one.attempt(), one.iterationsPassed()))
                        .toList(),
                work.stream()
                        .flatMap(one -> Stream.ofNullable(replays.get(one.id())))
                        .toList(),
                work.stream()
                        .filter(one -> one.is(TraceRequest.KIND))
                        .map(one -> new Tracing(one.id(), one.jobId()))
                        .toList(),
                worker.lastTrouble(),
                worker.largestGuest(),
                worker.paused());
    }
}
