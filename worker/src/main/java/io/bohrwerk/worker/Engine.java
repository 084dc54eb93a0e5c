package io.bohrwerk.worker;

import io.bohrwerk.protocol.worker.SnapshotCounts;
import io.bohrwerk.worker.work.Runners;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What runs the work that a worker takes: emulators, or whatever else. Safe for many threads. */
public interface Engine extends AutoCloseable {
    /** What runs the work, and in which version, for people and for reports. */
    String versions();

    /** Of {@link #versions}, those that run guests of several CPUs; null where none does. */
    default @Nullable String severalCpus() {
        return null;
    }

    /** What it can do, by kind of work. */
    Runners runners();

    /** What its cache of snapshots did; empty where there is none. */
    default Optional<SnapshotCounts> snapshots() {
        return Optional.empty();
    }

    /** Ends all work that is under way, and begins none from here on. */
    void stop();

    @Override
    void close();
}
