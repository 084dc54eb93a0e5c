package io.bohrwerk.bench;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.worker.Engine;
import io.bohrwerk.worker.work.Progress;
import io.bohrwerk.worker.work.Runner;
import io.bohrwerk.worker.work.Runners;
import java.time.Instant;

/** Says of every batch at once that all its iterations passed. What is left is what the cluster itself costs. */
final class InstantEngine implements Engine, Runner<BatchRequest> {
    private static final String VERSION = "none: this measures the cluster without one";
    private static final Digest SNAPSHOT = Digest.of(new byte[0]);

    private final String workerId;
    private final Runners runners = new Runners(() -> false).with(BatchRequest.KIND, BatchRequest.class, this);

    InstantEngine(String workerId) {
        this.workerId = workerId;
    }

    @Override
    public String versions() {
        return VERSION;
    }

    @Override
    public Runners runners() {
        return runners;
    }

    @Override
    public BatchReport run(BatchRequest batch, Instant started, Progress progress) {
        Coordinates coordinates = new Coordinates(
                batch.target(),
                SNAPSHOT,
                VERSION,
                "-machine none",
                batch.schedule(),
                batch.iterations(),
                batch.reportEvery());
        return report(batch, started, new BatchReport.Finished(coordinates, batch.iterations(), 1_000_000, 0, null));
    }

    @Override
    public BatchReport troubled(BatchRequest batch, Instant started, InfrastructureTrouble kind, String message) {
        return report(batch, started, new BatchReport.Troubled(kind, message));
    }

    private BatchReport report(BatchRequest batch, Instant started, BatchReport.Result result) {
        return new BatchReport(
                Wire.VERSION,
                batch.batchId(),
                batch.jobId(),
                batch.attempt(),
                workerId,
                started,
                Instant.now(),
                result);
    }

    @Override
    public void stop() {}

    @Override
    public void close() {}
}
