package io.bohrwerk.worker.work;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Work;
import java.io.IOException;
import java.time.Instant;

/** Does one kind of work. Safe for many threads. */
public interface Runner<W extends Work> {
    /**
     * @param started when the worker took it
     * @param progress told how far it is, and tells whether it is still wanted
     * @throws InfrastructureException and the others when there is no result: {@link Runners} reports trouble, or gives the work back
     */
    Report run(W work, Instant started, Progress progress) throws InfrastructureException, IOException;

    /** The report that an attempt gave no result. */
    Report troubled(W work, Instant started, InfrastructureTrouble kind, String message);
}
