package io.bohrwerk.worker.batch;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.TestTracing;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.TraceReport;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.traced.Aim;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.protocol.traced.TracedPlan;
import io.bohrwerk.worker.cache.BlobFiles;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.machine.Emulators;
import io.bohrwerk.worker.machine.Machines;
import io.bohrwerk.worker.work.Progress;
import io.bohrwerk.worker.work.Runner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;

/** Traces a target's test for the traced strategy, from the target's bytes to the report. Safe for many threads. */
public final class TraceRunner implements Runner<TraceRequest> {
    private final String workerId;
    private final Emulators emulators;
    private final Machines machines;
    private final TargetCache targets;
    private final SnapshotCache snapshots;
    private final BlobFiles blobs;

    public TraceRunner(
            String workerId,
            Emulators emulators,
            Machines machines,
            TargetCache targets,
            SnapshotCache snapshots,
            BlobFiles blobs) {
        this.workerId = workerId;
        this.emulators = emulators;
        this.machines = machines;
        this.targets = targets;
        this.snapshots = snapshots;
        this.blobs = blobs;
    }

    @Override
    public TraceReport run(TraceRequest request, Instant started, Progress progress)
            throws InfrastructureException, IOException {
        return report(request, started, trace(request));
    }

    @Override
    public TraceReport troubled(TraceRequest request, Instant started, InfrastructureTrouble kind, String message) {
        return report(request, started, new TraceReport.Troubled(kind, message));
    }

    private TraceReport.Traced trace(TraceRequest request) throws InfrastructureException, IOException {
        try (TargetCache.Target target = targets.hold(request.target(), request.setting())) {
            Emulator emulator = emulators.serving(target.manifest().machine(), Setting.emulator(request.setting()));
            try (SnapshotCache.Snapshot ready = snapshots.hold(target, emulator, request.shift());
                    Machines.Open open = machines.open(emulator, target.files())) {
                TestTracing.Result traced = TestTracing.run(
                        open.machine(),
                        ready.image(),
                        target.manifest(),
                        request.shift(),
                        request.setting(),
                        request.aim() == null ? Aim.NONE : request.aim());
                TracedPlan plan = traced.plan();
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                plan.write(bytes);
                TestTrace trace = plan.trace();
                return new TraceReport.Traced(
                        blobs.put(ArtifactKind.TRACED_PLAN, bytes.toByteArray()),
                        plan.size(),
                        trace == null ? 0 : trace.length(),
                        trace == null ? 0 : trace.places().size(),
                        traced.late().isPresent(),
                        traced.late().isPresent() ? (Double) traced.exact() : null);
            }
        }
    }

    private TraceReport report(TraceRequest request, Instant started, TraceReport.Result result) {
        return new TraceReport(
                Wire.VERSION,
                request.traceId(),
                request.jobId(),
                request.attempt(),
                workerId,
                started,
                Instant.now(),
                result);
    }
}
