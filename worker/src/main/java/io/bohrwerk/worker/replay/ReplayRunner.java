package io.bohrwerk.worker.replay;

import static io.bohrwerk.protocol.InvalidInputException.present;

import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.Passes;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.LogClass;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayReport.LogCover;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.worker.cache.BlobFiles;
import io.bohrwerk.worker.cache.DiskCache;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.failure.FailureManifest;
import io.bohrwerk.worker.machine.Emulators;
import io.bohrwerk.worker.machine.Machines;
import io.bohrwerk.worker.search.Comparison;
import io.bohrwerk.worker.work.Progress;
import io.bohrwerk.worker.work.Runner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replays a failure that was kept, from its manifest to its report. Safe for many threads. */
public final class ReplayRunner implements Runner<ReplayRequest> {
    /** It holds the target's list of expected failures twice. */
    private static final int LARGEST_MANIFEST = 4 << 20;

    private static final String RECORDING = "recording.rr";

    private final String workerId;
    private final Emulators emulators;
    private final Machines machines;
    private final TargetCache targets;
    private final SnapshotCache snapshots;
    private final DiskCache cache;
    private final BlobFiles blobs;

    public ReplayRunner(
            String workerId,
            Emulators emulators,
            Machines machines,
            TargetCache targets,
            SnapshotCache snapshots,
            DiskCache cache,
            BlobFiles blobs) {
        this.workerId = workerId;
        this.emulators = emulators;
        this.machines = machines;
        this.targets = targets;
        this.snapshots = snapshots;
        this.cache = cache;
        this.blobs = blobs;
    }

    @Override
    public ReplayReport run(ReplayRequest request, Instant started, Progress progress)
            throws InfrastructureException, IOException {
        return report(request, started, replay(request, progress));
    }

    @Override
    public ReplayReport troubled(ReplayRequest request, Instant started, InfrastructureTrouble kind, String message) {
        return report(request, started, new ReplayReport.Troubled(kind, message));
    }

    private ReplayReport.Result replay(ReplayRequest request, Progress progress)
            throws InfrastructureException, IOException {
        FailureManifest failure =
                Wire.read(blobs.fetchSmall(request.manifest(), LARGEST_MANIFEST), FailureManifest.class);
        Coordinates coordinates = failure.coordinates();
        try (TargetCache.Target target =
                targets.hold(coordinates.target(), coordinates.schedule().setting())) {
            TargetMachine.Arch arch = target.manifest().machine().arch();
            String here = coordinates.emulator();
            Emulator emulator = emulators.of(arch, here).orElse(null);
            if (emulator == null) {
                return new ReplayReport.OtherEmulator(here, emulators.versions(arch));
            }
            String options = emulator.machineOptions(target.manifest());
            if (!options.equals(coordinates.machineOptions())) {
                return new ReplayReport.OtherEmulator(
                        here + " with " + coordinates.machineOptions(), here + " with " + options);
            }
            if (coordinates.again() == Again.RUN) {
                return ranAgain(request, failure, target, emulator, progress);
            }
            try (SnapshotCache.Snapshot ready = snapshots.hold(coordinates.snapshot());
                    DiskCache.Held recording = recording(failure);
                    Machines.Open open = machines.open(emulator, target.files())) {
                BatchRun run = failure.run(recording.directory().resolve(RECORDING));
                if (request.mode().compares()) {
                    Comparison comparison = new Comparison(
                            open.machine(), ready.image(), target.files(), failure, run, blobs, progress);
                    return request.mode() == ReplayMode.WHEN
                            ? when(request, comparison, emulator)
                            : comparison.of(request.mode());
                }
                return replayed(request, failure, ready.image(), open.machine(), run, progress);
            }
        }
    }

    /** The failure's batch, run again from the snapshot that it started from. */
    private ReplayReport.Replayed ranAgain(
            ReplayRequest request,
            FailureManifest failure,
            TargetCache.Target target,
            Emulator emulator,
            Progress progress)
            throws InfrastructureException, IOException {
        if (request.mode() != ReplayMode.VERIFY) {
            throw new InfrastructureException(InfrastructureTrouble.INTERNAL, ReplayMode.NEEDS_RECORDING);
        }
        try (SnapshotCache.Snapshot ready = snapshots.hold(failure.coordinates().snapshot());
                Machines.Open open = machines.open(emulator, target.files())) {
            BatchRun run = failure.run(ready.image());
            int same = 0;
            String difference = "";
            for (int time = 1; time <= request.times(); time++) {
                String found = open.machine().repeat(ready.image(), failure.batch(), run);
                progress.done(time);
                if (found.isEmpty()) {
                    same++;
                } else if (difference.isEmpty()) {
                    difference = "run " + time + ": " + found;
                }
            }
            return new ReplayReport.Replayed(same, request.times(), difference, null, List.of());
        }
    }

    private static ReplayReport.Replayed when(ReplayRequest request, Comparison comparison, Emulator emulator)
            throws InfrastructureException, IOException {
        Path directory = emulator.newDirectory("when");
        try {
            return comparison.when(present(request.points(), "points"), request.times(), directory);
        } finally {
            emulator.removeDirectory(directory);
        }
    }

    private ReplayReport.Replayed replayed(
            ReplayRequest request,
            FailureManifest failure,
            Path ready,
            Machine machine,
            BatchRun run,
            Progress progress)
            throws InfrastructureException, IOException {
        Passes.Window window = window(request, failure, ready, machine, run);
        ReplayPlan plan = plan(request, failure, run, window);
        int same = 0;
        String difference = "";
        LogCover cover = null;
        List<ArtifactReference> artifacts = new ArrayList<>();
        for (int time = 1; time <= request.times(); time++) {
            ReplayRun replay = machine.replay(
                    ready, failure.batch(), run, run.recording(), time == 1 ? plan : ReplayPlan.comparison());
            progress.done(time);
            if (replay.verified()) {
                same++;
            } else if (difference.isEmpty()) {
                difference = "replay " + time + ": " + replay.difference();
            }
            if (time == 1 && request.mode() == ReplayMode.LOG) {
                artifacts.add(blobs.put(ArtifactKind.MERGED_LOG, replay.log().file()));
                if (replay.log().index() != null) {
                    artifacts.add(blobs.put(
                            ArtifactKind.MERGED_LOG_INDEX, replay.log().index()));
                }
                cover = cover(request, run, window, replay);
            } else if (time == 1 && request.mode() == ReplayMode.CHECKPOINTS && replay.verified()) {
                artifacts.add(blobs.put(ArtifactKind.SNAPSHOT, replay.image()));
            }
        }
        return new ReplayReport.Replayed(same, request.times(), difference, cover, artifacts);
    }

    /** The wanted iterations, found by a replay of its own; null when nobody asked for some. */
    private static Passes.@Nullable Window window(
            ReplayRequest request, FailureManifest failure, Path ready, Machine machine, BatchRun run)
            throws InfrastructureException {
        Long from = request.window().fromIteration();
        Long to = request.window().toIteration();
        if (request.mode() != ReplayMode.LOG || from == null || to == null) {
            return null;
        }
        return machine.passes(ready, failure.batch(), run, run.recording()).covering(from, to);
    }

    private static ReplayPlan plan(
            ReplayRequest request, FailureManifest failure, BatchRun run, Passes.@Nullable Window window) {
        if (request.mode() == ReplayMode.CHECKPOINTS) {
            return ReplayPlan.bothCheckpoints();
        }
        if (request.mode() == ReplayMode.VERIFY) {
            return ReplayPlan.comparison();
        }
        String classes = LogClass.words(request.logClasses());
        if (window != null) {
            return ReplayPlan.log(classes, window);
        }
        Long margin = request.window().margin();
        return new ReplayPlan(
                classes,
                margin == null ? run.firstInstruction() : run.before(margin),
                Long.MAX_VALUE,
                false,
                false,
                failure.failureLine());
    }

    private static LogCover cover(
            ReplayRequest request, BatchRun run, Passes.@Nullable Window window, ReplayRun replay) {
        LogWindow asked = request.window();
        Long from = window != null ? (Long) window.fromIteration() : asked.margin() == null ? (Long) 1L : null;
        return new LogCover(
                from,
                window != null ? window.toIteration() : run.iterations(),
                replay.log().from(),
                replay.log().to(),
                replay.log().bytes(),
                replay.log().cut());
    }

    private DiskCache.Held recording(FailureManifest failure) throws IOException, InfrastructureException {
        Digest digest = failure.artifacts().stream()
                .filter(artifact -> artifact.kind() == ArtifactKind.RECORDING)
                .map(ArtifactReference::digest)
                .findFirst()
                .orElseThrow(() -> new InfrastructureException(
                        InfrastructureTrouble.BLOB_MISSING, "the failure's manifest names no recording"));
        try {
            return cache.hold("recording " + digest, directory -> blobs.fetch(digest, directory.resolve(RECORDING)));
        } catch (NoSuchBlobException | DigestMismatchException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.BLOB_MISSING, "the recording is gone or damaged: " + e.getMessage(), e);
        }
    }

    private ReplayReport report(ReplayRequest request, Instant started, ReplayReport.Result result) {
        return new ReplayReport(
                Wire.VERSION,
                request.replayId(),
                request.failureId(),
                request.attempt(),
                workerId,
                started,
                Instant.now(),
                result);
    }
}
