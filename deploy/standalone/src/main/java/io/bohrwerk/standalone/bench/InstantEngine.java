package io.bohrwerk.standalone.bench;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.worker.Engine;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Says of every batch at once that all its iterations passed. What is left is what the cluster itself costs. */
final class InstantEngine implements Engine {
    private static final String VERSION = "none: this measures the cluster without one";
    private static final Digest SNAPSHOT = Digest.of(new byte[0]);

    private final String workerId;

    InstantEngine(String workerId) {
        this.workerId = workerId;
    }

    @Override
    public String versions() {
        return VERSION;
    }

    @Override
    public Optional<Report> run(Work work, LongConsumer progress) {
        if (!(work instanceof BatchRequest batch)) {
            return Optional.of(refuse(work, InfrastructureTrouble.INTERNAL, VERSION));
        }
        Coordinates coordinates = new Coordinates(
                batch.target(),
                SNAPSHOT,
                VERSION,
                "-machine none",
                batch.schedule(),
                batch.iterations(),
                batch.reportEvery());
        return Optional.of(
                report(batch, new BatchReport.Finished(coordinates, batch.iterations(), 1_000_000, 0, null)));
    }

    @Override
    public Report refuse(Work work, InfrastructureTrouble kind, String message) {
        if (work instanceof BatchRequest batch) {
            return report(batch, new BatchReport.Troubled(kind, message));
        }
        throw new IllegalStateException("nobody asks for replays here");
    }

    private BatchReport report(BatchRequest batch, BatchReport.Result result) {
        Instant now = Instant.now();
        return new BatchReport(
                Wire.VERSION, batch.batchId(), batch.jobId(), batch.attempt(), workerId, now, now, result);
    }

    @Override
    public void stop() {}

    @Override
    public void close() {}
}
