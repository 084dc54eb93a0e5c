package io.bohrwerk.api.work;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Report;

/** What the API does with the reports of one kind of work. A bean of this type is all that a further kind needs here. */
public interface ReportHandler<R extends Report> extends WatchedWork {
    /** How reports are read. */
    Class<R> report();

    /**
     * Takes in a report, which may come twice, late or out of order.
     *
     * @throws InvalidInputException when it speaks of what does not exist
     */
    void accept(R report);
}
