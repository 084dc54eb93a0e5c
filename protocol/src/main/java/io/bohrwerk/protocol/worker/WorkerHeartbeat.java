package io.bohrwerk.protocol.worker;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.TraceRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's sign of life, every few seconds.
 *
 * @param workerId unique per worker process
 * @param slots how many machines it runs at once
 * @param emulator the emulators' versions, with "; " between them
 * @param work what its machines run now
 * @param lastTrouble the latest infrastructure trouble in one line, null when there was none
 * @param largestGuest bytes of memory that a guest may have here; null, as in messages of older processes, for any
 * @param snapshots what the cache of snapshots did; null where there is none, and in messages of older processes
 * @param paused why it begins nothing new, one line for people; null while it does, and in messages of older processes
 * @param severalCpus the versions of those emulators that run guests of several CPUs, as in {@code emulator}; null where none does, and in
 *     messages of older processes
 */
public record WorkerHeartbeat(
        int version,
        String workerId,
        String host,
        int slots,
        String emulator,
        Instant at,
        List<RunningWork> work,
        @Nullable String lastTrouble,
        @Nullable Long largestGuest,
        @Nullable SnapshotCounts snapshots,
        @Nullable String paused,
        @Nullable String severalCpus) {
    public WorkerHeartbeat {
        Wire.requireKnown(version);
        present(workerId, "workerId");
        present(host, "host");
        present(emulator, "emulator");
        present(at, "at");
        work = List.copyOf(present(work, "work"));
    }

    /** Of a worker that takes work for guests of one CPU. */
    public WorkerHeartbeat(
            int version,
            String workerId,
            String host,
            int slots,
            String emulator,
            Instant at,
            List<RunningWork> work,
            @Nullable String lastTrouble,
            @Nullable Long largestGuest,
            @Nullable SnapshotCounts snapshots) {
        this(version, workerId, host, slots, emulator, at, work, lastTrouble, largestGuest, snapshots, null, null);
    }

    /** Of a worker for guests of any size. */
    public WorkerHeartbeat(
            int version,
            String workerId,
            String host,
            int slots,
            String emulator,
            Instant at,
            List<RunningWork> work,
            @Nullable String lastTrouble) {
        this(version, workerId, host, slots, emulator, at, work, lastTrouble, null, null);
    }

    /** Older processes list batches, replays and traces apart, instead of {@code work}. */
    @JsonCreator
    static WorkerHeartbeat read(
            @JsonProperty("version") int version,
            @JsonProperty("workerId") String workerId,
            @JsonProperty("host") String host,
            @JsonProperty("slots") int slots,
            @JsonProperty("emulator") String emulator,
            @JsonProperty("at") Instant at,
            @JsonProperty("work") @Nullable List<RunningWork> work,
            @JsonProperty("running") @Nullable List<RunningWork> batches,
            @JsonProperty("replays") @Nullable List<UUID> replays,
            @JsonProperty("traces") @Nullable List<UUID> traces,
            @JsonProperty("lastTrouble") @Nullable String lastTrouble,
            @JsonProperty("largestGuest") @Nullable Long largestGuest,
            @JsonProperty("snapshots") @Nullable SnapshotCounts snapshots,
            @JsonProperty("paused") @Nullable String paused,
            @JsonProperty("severalCpus") @Nullable String severalCpus) {
        List<RunningWork> all = work;
        if (all == null) {
            all = new ArrayList<>(present(batches, "work"));
            all.addAll(listed(ReplayRequest.KIND, replays));
            all.addAll(listed(TraceRequest.KIND, traces));
        }
        return new WorkerHeartbeat(
                version,
                workerId,
                host,
                slots,
                emulator,
                at,
                all,
                lastTrouble,
                largestGuest,
                snapshots,
                paused,
                severalCpus);
    }

    private static List<RunningWork> listed(String kind, @Nullable List<UUID> ids) {
        return ids == null
                ? List.of()
                : ids.stream().map(id -> new RunningWork(kind, id, null, 1, 0)).toList();
    }

    /** For older readers: the batches, which they know by {@code batchId}. */
    @JsonProperty("running")
    List<OlderBatch> olderBatches() {
        return work.stream()
                .filter(one -> one.is(BatchRequest.KIND))
                .map(one -> new OlderBatch(one.id(), one.jobId(), one.attempt(), one.iterationsPassed()))
                .toList();
    }

    /** For older readers. */
    @JsonProperty("replays")
    List<UUID> olderReplays() {
        return ids(ReplayRequest.KIND);
    }

    /** For older readers. */
    @JsonProperty("traces")
    List<UUID> olderTraces() {
        return ids(TraceRequest.KIND);
    }

    /** The work of one kind. */
    public List<UUID> ids(String kind) {
        return work.stream().filter(one -> one.is(kind)).map(RunningWork::id).toList();
    }

    record OlderBatch(UUID batchId, @Nullable UUID jobId, int attempt, long iterationsPassed) {}
}
