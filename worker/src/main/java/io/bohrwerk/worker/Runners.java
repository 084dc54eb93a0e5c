package io.bohrwerk.worker;

import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Work;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Who does which kind of work. */
record Runners(BatchRunner batches, ReplayRunner replays) {
    /**
     * What came of the work. Empty when the worker stops: that says nothing, the work goes to another one.
     *
     * @param progress told how far it is, by work that has iterations
     */
    Optional<? extends Report> run(Work work, LongConsumer progress) {
        return work instanceof BatchRequest batch
                ? batches.run(batch, progress)
                : replays.run((ReplayRequest) work); // the kinds are sealed
    }

    /** A report of trouble with work that is not done. */
    Report refuse(Work work, InfrastructureTrouble kind, String message) {
        return work instanceof BatchRequest batch
                ? batches.refuse(batch, kind, message)
                : replays.refuse((ReplayRequest) work, kind, message);
    }
}
