package io.bohrwerk.worker;

import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.protocol.worker.SnapshotCounts;
import java.util.Optional;
import java.util.function.LongConsumer;

/** What a worker's slots do their work with: emulators, or whatever else gives a report on a piece of work. Safe for many threads. */
public interface Engine extends AutoCloseable {
    /** What runs the work, and in which version, for people and for reports. */
    String versions();

    /**
     * What came of the work. Empty when the engine was stopped: that says nothing, the work goes to another worker.
     *
     * @param progress told how far it is, by work that has iterations
     */
    Optional<? extends Report> run(Work work, LongConsumer progress);

    /** A report of trouble with work that is not done. */
    Report refuse(Work work, InfrastructureTrouble kind, String message);

    /** What its cache of snapshots did; empty where there is none. */
    default Optional<SnapshotCounts> snapshots() {
        return Optional.empty();
    }

    /** Ends all work that is under way, and begins none from here on. */
    void stop();

    @Override
    void close();
}
