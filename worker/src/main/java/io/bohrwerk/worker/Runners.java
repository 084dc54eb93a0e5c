package io.bohrwerk.worker;

import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.batch.Work;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Who does which kind of work. */
record Runners(BatchRunner batches, ReplayRunner replays, TraceRunner traces) {
    /**
     * What came of the work. Empty when the worker stops: that says nothing, the work goes to another one.
     *
     * @param progress told how far it is, by work that has iterations
     */
    Optional<? extends Report> run(Work work, LongConsumer progress) {
        if (work instanceof BatchRequest batch) {
            return batches.run(batch, progress);
        }
        return work instanceof ReplayRequest replay
                ? replays.run(replay)
                : traces.run((TraceRequest) work); // the kinds are sealed
    }

    /** A report of trouble with work that is not done. */
    Report refuse(Work work, InfrastructureTrouble kind, String message) {
        if (work instanceof BatchRequest batch) {
            return batches.refuse(batch, kind, message);
        }
        return work instanceof ReplayRequest replay
                ? replays.refuse(replay, kind, message)
                : traces.refuse((TraceRequest) work, kind, message);
    }
}
