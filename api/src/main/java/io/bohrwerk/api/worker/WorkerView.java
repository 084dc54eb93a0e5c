package io.bohrwerk.api.worker;

import io.bohrwerk.protocol.worker.WorkerHeartbeat.RunningBatch;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker as the API shows it. @param largestGuest bytes of memory that a guest may have there; null when it does not say */
record WorkerView(
        String id,
        String host,
        int slots,
        String emulator,
        boolean alive,
        Instant lastSeen,
        List<RunningBatch> running,
        @Nullable String lastTrouble,
        @Nullable Long largestGuest) {
    /** What a dead worker last said to be running is not running. */
    static WorkerView from(Worker worker, boolean alive) {
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.slots(),
                worker.emulator(),
                alive,
                worker.lastSeen(),
                alive ? worker.running() : List.of(),
                worker.lastTrouble(),
                worker.largestGuest());
    }
}
