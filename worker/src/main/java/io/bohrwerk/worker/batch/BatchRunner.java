package io.bohrwerk.worker.batch;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.telemetry.Spans;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.failure.FailureKeeper;
import io.bohrwerk.worker.machine.Emulators;
import io.bohrwerk.worker.machine.Machines;
import io.bohrwerk.worker.work.Progress;
import io.bohrwerk.worker.work.Runner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Runs one batch, from its target's bytes to its report. Safe for many threads. */
public final class BatchRunner implements Runner<BatchRequest> {
    private final String workerId;
    private final Emulators emulators;
    private final Machines machines;
    private final TargetCache targets;
    private final SnapshotCache snapshots;
    private final FailureKeeper failures;

    public BatchRunner(
            String workerId,
            Emulators emulators,
            Machines machines,
            TargetCache targets,
            SnapshotCache snapshots,
            FailureKeeper failures) {
        this.workerId = workerId;
        this.emulators = emulators;
        this.machines = machines;
        this.targets = targets;
        this.snapshots = snapshots;
        this.failures = failures;
    }

    @Override
    public BatchReport run(BatchRequest request, Instant started, Progress progress)
            throws InfrastructureException, IOException {
        return report(request, started, finish(request, started, progress));
    }

    @Override
    public BatchReport troubled(BatchRequest request, Instant started, InfrastructureTrouble kind, String message) {
        return report(request, started, new BatchReport.Troubled(kind, message));
    }

    private BatchReport.Finished finish(BatchRequest request, Instant started, Progress progress)
            throws InfrastructureException, IOException {
        try (TargetCache.Target target =
                targets.hold(request.target(), request.schedule().setting())) {
            TargetManifest manifest = target.manifest();
            Emulator emulator = emulators.serving(
                    manifest.machine(), Setting.emulator(request.schedule().setting()));
            RunMode mode = RunMode.of(
                    Again.of(request.schedule().setting(), manifest.machine().cpus()));
            try (SnapshotCache.Snapshot ready =
                            snapshots.hold(target, emulator, request.schedule().shift(), mode);
                    Machines.Open open = machines.open(emulator, target.files())) {
                Coordinates coordinates = new Coordinates(
                        target.id(),
                        ready.digest(),
                        emulator.version(manifest.machine().arch()),
                        emulator.machineOptions(manifest),
                        request.schedule(),
                        request.iterations(),
                        request.reportEvery());
                Batch batch = new Batch(
                        request.schedule(),
                        request.iterations(),
                        request.reportEvery(),
                        false,
                        request.usualInstructions());
                Duration preparing = Duration.between(started, Instant.now());
                BatchRun run = run(open.machine(), ready, batch, mode, progress);
                FailedIteration failure = run.outcome() == Outcome.PASSED
                        ? null
                        : failures.keep(request, coordinates, target, ready, open.machine(), batch, run);
                return new BatchReport.Finished(
                        coordinates,
                        failure == null ? run.iterations() : failure.iteration(),
                        run.instructions(),
                        preparing.plus(run.toFirstIteration()).toMillis(),
                        failure,
                        run.subtests(),
                        run.unexpectedPasses());
            }
        }
    }

    private static BatchRun run(
            Machine machine, SnapshotCache.Snapshot ready, Batch batch, RunMode mode, Progress progress)
            throws InfrastructureException {
        try (Spans.Span span = Spans.Span.part("run")) {
            BatchRun run = machine.run(ready.image(), batch, mode, progress::done, progress::unwanted);
            span.with("bohrwerk.iterations", run.iterations())
                    .with("bohrwerk.outcome", run.outcome().name());
            return run;
        }
    }

    private BatchReport report(BatchRequest request, Instant started, BatchReport.Result result) {
        return new BatchReport(
                Wire.VERSION,
                request.batchId(),
                request.jobId(),
                request.attempt(),
                workerId,
                started,
                Instant.now(),
                result);
    }
}
