package io.bohrwerk.worker.batch;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.conformance.Conformer;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.machine.Emulators;
import io.bohrwerk.worker.machine.Machines;
import io.bohrwerk.worker.work.Progress;
import io.bohrwerk.worker.work.Runner;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Finds out what a target's guest serves of the guest protocol. Safe for many threads. */
public final class CheckRunner implements Runner<Check.Request> {
    /** Iterations of the batch that is run again and replayed: some seconds of them. */
    private static final int AS_MANY_AS_FIT = 0;

    private final String workerId;
    private final Emulators emulators;
    private final Machines machines;
    private final TargetCache targets;
    private final SnapshotCache snapshots;

    public CheckRunner(
            String workerId, Emulators emulators, Machines machines, TargetCache targets, SnapshotCache snapshots) {
        this.workerId = workerId;
        this.emulators = emulators;
        this.machines = machines;
        this.targets = targets;
        this.snapshots = snapshots;
    }

    @Override
    public Check.Report run(Check.Request request, Instant started, Progress progress)
            throws InfrastructureException, IOException {
        try (TargetCache.Target target = targets.hold(request.target(), null)) {
            TargetManifest manifest = target.manifest();
            Emulator emulator = emulators.serving(manifest.machine(), null);
            String version = emulator.version(manifest.machine().arch());
            try (SnapshotCache.Snapshot ready =
                            snapshots.hold(target, emulator, manifest.machine().bootShift());
                    Machines.Open open = machines.open(emulator, target.files())) {
                Conformance found = Conformer.check(
                                open.machine(), manifest, request.target(), version, ready.image(), AS_MANY_AS_FIT)
                        .conformance();
                return report(request, started, found, null);
            }
        }
    }

    @Override
    public Check.Report troubled(Check.Request request, Instant started, InfrastructureTrouble kind, String message) {
        return report(request, started, null, new Check.Troubled(kind, message));
    }

    private Check.Report report(
            Check.Request request, Instant started, @Nullable Conformance found, Check.@Nullable Troubled trouble) {
        return new Check.Report(
                Wire.VERSION,
                request.checkId(),
                request.target(),
                request.attempt(),
                workerId,
                started,
                Instant.now(),
                found,
                trouble);
    }
}
