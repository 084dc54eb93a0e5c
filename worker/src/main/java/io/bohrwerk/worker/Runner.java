package io.bohrwerk.worker;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Work;
import java.io.IOException;
import java.time.Instant;
import java.util.function.LongConsumer;

/** Does one kind of work. Safe for many threads. */
public interface Runner<W extends Work> {
    /**
     * @param started when the worker took it
     * @param progress told how many iterations have passed, by work that has iterations
     * @throws InfrastructureException and the others when there is no result: {@link Runners} reports trouble, or gives the work back
     */
    Report run(W work, Instant started, LongConsumer progress) throws InfrastructureException, IOException;

    /** The report that an attempt gave no result. */
    Report troubled(W work, Instant started, InfrastructureTrouble kind, String message);
}
