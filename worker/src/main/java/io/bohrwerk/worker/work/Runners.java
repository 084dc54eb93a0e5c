package io.bohrwerk.worker.work;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Work;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table from a kind of work to its runner, and the one place where an exception turns into a report of trouble. */
public final class Runners {
    private static final Logger log = LoggerFactory.getLogger(Runners.class);

    private final BooleanSupplier stopped;
    private final Map<String, Row<?>> rows = new LinkedHashMap<>();

    /** @param stopped whether trouble now says only that the worker is stopping */
    public Runners(BooleanSupplier stopped) {
        this.stopped = stopped;
    }

    private record Row<W extends Work>(Class<W> message, Runner<? super W> runner) {
        public Report run(Work work, Instant started, Progress progress) throws InfrastructureException, IOException {
            return runner.run(message.cast(work), started, progress);
        }

        Report troubled(Work work, Instant started, InfrastructureTrouble kind, String why) {
            return runner.troubled(message.cast(work), started, kind, why);
        }
    }

    public <W extends Work> Runners with(String kind, Class<W> message, Runner<? super W> runner) {
        rows.put(kind, new Row<>(message, runner));
        return this;
    }

    public Set<String> kinds() {
        return rows.keySet();
    }

    /**
     * @throws UnknownKindException when a newer worker may know the kind
     * @throws InvalidInputException when the bytes are no such message
     */
    public Work read(byte[] message) {
        String kind = Work.kindOf(message);
        Row<?> row = rows.get(kind);
        if (row == null) {
            throw new UnknownKindException("no runner for work of kind " + kind + ", only for " + rows.keySet());
        }
        return Wire.read(message, row.message());
    }

    /**
     * What came of the work: a result or trouble. Empty when the worker was stopped: that says nothing, the work goes to another one.
     *
     * @param progress told how far it is, and tells whether it is still wanted
     */
    public Optional<Report> run(Work work, Progress progress) {
        Row<?> row = row(work);
        Instant started = Instant.now();
        try {
            return Optional.of(row.run(work, started, progress));
        } catch (InfrastructureException | IOException | RuntimeException e) {
            InfrastructureTrouble kind = Troubles.kind(e);
            if (stopped.getAsBoolean() || kind == InfrastructureTrouble.WORKER_STOPPED) {
                return Optional.empty();
            }
            String message = Troubles.message(e);
            if (kind == InfrastructureTrouble.INTERNAL) {
                log.error("{} {}: internal error", work.kind(), work.id(), e);
            } else {
                log.warn("{} {} has trouble: {}: {}", work.kind(), work.id(), kind, message);
            }
            return Optional.of(row.troubled(work, started, kind, message));
        }
    }

    /** A report of trouble with work that is not done. */
    public Report refuse(Work work, InfrastructureTrouble kind, String message) {
        return row(work).troubled(work, Instant.now(), kind, message);
    }

    private Row<?> row(Work work) {
        Row<?> row = rows.get(work.kind());
        if (row == null) {
            throw new IllegalArgumentException("no runner for work of kind " + work.kind());
        }
        return row;
    }

    /** Work of a kind that has no runner here. */
    public static final class UnknownKindException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownKindException(String message) {
            super(message);
        }
    }
}
