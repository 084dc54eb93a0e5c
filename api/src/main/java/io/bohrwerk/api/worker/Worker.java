package io.bohrwerk.api.worker;

import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.SnapshotCounts;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A worker process, as its latest heartbeat describes it. */
@Entity
@Table(name = "workers")
class Worker {
    @Id
    private String id;

    @Version
    private @Nullable Integer version;

    private String host;
    private int slots;
    private String emulator;
    private Instant lastSeen;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<RunningWork> running;

    private @Nullable String lastTrouble;
    private @Nullable Long largestGuest;
    private @Nullable String paused;
    private @Nullable String severalCpus;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable SnapshotCounts snapshots;

    private long snapshotHits;
    private long snapshotsFetched;
    private long snapshotsMade;

    @SuppressWarnings("NullAway.Init")
    protected Worker() {}

    @SuppressWarnings("NullAway.Init")
    Worker(String id) {
        this.id = id;
    }

    /** Takes over what a heartbeat says. @param now on our clock: workers' clocks are not compared with it */
    void hear(WorkerHeartbeat heartbeat, Instant now) {
        host = heartbeat.host();
        slots = heartbeat.slots();
        emulator = heartbeat.emulator();
        running = heartbeat.work();
        lastTrouble = heartbeat.lastTrouble();
        largestGuest = heartbeat.largestGuest();
        paused = heartbeat.paused();
        severalCpus = heartbeat.severalCpus();
        count(heartbeat.snapshots());
        lastSeen = now;
    }

    /** Adds what is new since the last heartbeat. Counts of which one went back are those of a new process. */
    private void count(@Nullable SnapshotCounts latest) {
        if (latest == null) {
            return;
        }
        SnapshotCounts before = snapshots;
        if (before == null
                || latest.hits() < before.hits()
                || latest.fetched() < before.fetched()
                || latest.made() < before.made()) {
            before = new SnapshotCounts(0, 0, 0, 0);
        }
        snapshotHits += latest.hits() - before.hits();
        snapshotsFetched += latest.fetched() - before.fetched();
        snapshotsMade += latest.made() - before.made();
        snapshots = latest;
    }

    String id() {
        return id;
    }

    String host() {
        return host;
    }

    int slots() {
        return slots;
    }

    String emulator() {
        return emulator;
    }

    /** Of its emulators, those that run guests of several CPUs; empty where none does. */
    String severalCpus() {
        return severalCpus == null ? "" : severalCpus;
    }

    Instant lastSeen() {
        return lastSeen;
    }

    List<RunningWork> running() {
        return running;
    }

    long cacheBytes() {
        return snapshots == null ? 0 : snapshots.bytes();
    }

    @Nullable
    String lastTrouble() {
        return lastTrouble;
    }

    /** Bytes of memory that a guest may have there; null when it does not say. */
    @Nullable
    Long largestGuest() {
        return largestGuest;
    }

    /** Why it begins nothing new; null while it does. */
    @Nullable
    String paused() {
        return paused;
    }
}
