package io.bohrwerk.worker.failure;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.telemetry.Spans;
import io.bohrwerk.worker.cache.BlobFiles;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.work.GuestText;
import io.bohrwerk.worker.work.Troubles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a failure happen once more, checks that it goes the same way, and stores what it leaves. */
public final class FailureKeeper {
    private static final Logger log = LoggerFactory.getLogger(FailureKeeper.class);
    /** Interrupts and exceptions, each with all registers. */
    private static final String LOG_CLASSES = "int";
    /** A message on the queue stays far below Kafka's limit of a megabyte, also when every character needs six in JSON. */
    private static final int LONGEST_REPORT = 16 << 10;

    private static final int LONGEST_LINE = 1000;

    private static final String UNCOUNTED =
            "cannot be replayed: the job's setting has icount off, so instructions were not counted and"
                    + " nothing was recorded; all that is left of it is what the guest printed";

    private final BlobFiles blobs;

    public FailureKeeper(BlobFiles blobs) {
        this.blobs = blobs;
    }

    /**
     * Keeps a failure while the machine that ran it is still open.
     *
     * @throws IOException when the blob store does not take it: the failure is then as good as not found, and another attempt at the
     *     batch finds it again
     */
    public FailedIteration keep(
            BatchRequest request,
            Coordinates coordinates,
            TargetCache.Target target,
            SnapshotCache.Snapshot ready,
            Machine machine,
            Batch batch,
            BatchRun ran)
            throws IOException, InfrastructureException {
        return switch (coordinates.again()) {
            case REPLAY -> keepRecorded(request, coordinates, target, ready, machine, batch, ran);
            case RUN -> {
                FailureManifest.Replay verdict;
                try (Spans.Span span = Spans.Span.part("verify")) {
                    verdict = verdict(machine.repeat(ready.image(), batch, ran));
                    span.with("bohrwerk.verdict", verdict.verdict().name());
                } catch (InfrastructureException e) {
                    verdict = notReplayed(e);
                }
                warn(request, verdict);
                yield keepUnrecorded(request, coordinates, target, batch, ran, verdict);
            }
            case NEVER ->
                keepUnrecorded(
                        request,
                        coordinates,
                        target,
                        batch,
                        ran,
                        new FailureManifest.Replay(ReplayVerdict.NOT_REPLAYED, UNCOUNTED));
        };
    }

    private FailedIteration keepRecorded(
            BatchRequest request,
            Coordinates coordinates,
            TargetCache.Target target,
            SnapshotCache.Snapshot ready,
            Machine machine,
            Batch batch,
            BatchRun ran)
            throws IOException, InfrastructureException {
        BatchRun run = ran;
        ReplayRun replay = null;
        FailureManifest.Replay verdict;
        try (Spans.Span span = Spans.Span.part("verify")) {
            replay = machine.replay(
                    ready.image(),
                    batch,
                    run,
                    run.recording(),
                    ReplayPlan.failure(run, LOG_CLASSES, request.keepsCheckpoints()));
            verdict = verdict(replay.difference());
            run = replay.verified() ? run.failingIn(replay) : run;
            span.with("bohrwerk.verdict", verdict.verdict().name());
        } catch (InfrastructureException e) {
            verdict = notReplayed(e);
        }
        warn(request, verdict);
        List<ArtifactReference> artifacts;
        try (Spans.Span span = Spans.Span.part("store")) {
            artifacts = store(request, run, replay);
            FailureManifest manifest = FailureManifest.of(
                    request, coordinates, target.manifest(), batch, run, replay, verdict, LOG_CLASSES, artifacts);
            artifacts.add(blobs.put(ArtifactKind.MANIFEST, Wire.write(manifest)));
            span.with(
                    "bohrwerk.bytes",
                    artifacts.stream().mapToLong(ArtifactReference::size).sum());
        }
        return failed(run, replay, verdict, artifacts);
    }

    private static FailedIteration failed(
            BatchRun run,
            @Nullable ReplayRun replay,
            FailureManifest.Replay verdict,
            List<ArtifactReference> artifacts) {
        KernelReport told = run.kernelReport();
        return new FailedIteration(
                run.iterations(),
                run.outcome(),
                Troubles.line(run.reason(), LONGEST_LINE),
                FailureManifest.failing(run, replay),
                told == null
                        ? GuestText.end(run.report(), LONGEST_REPORT)
                        : GuestText.start(told.text(), LONGEST_REPORT),
                verdict.verdict(),
                verdict.note(),
                artifacts,
                replay == null ? List.of() : FailureManifest.checkpoints(run, replay),
                told == null ? null : told.title(),
                told == null ? null : told.damage(),
                told == null ? List.of() : told.alternatives(),
                told == null ? List.of() : told.frames(),
                run.note().isEmpty() ? null : Troubles.line(run.note(), LONGEST_LINE));
    }

    /** Keeps what the guest printed, and how to run the batch again if that is of use. */
    private FailedIteration keepUnrecorded(
            BatchRequest request,
            Coordinates coordinates,
            TargetCache.Target target,
            Batch batch,
            BatchRun run,
            FailureManifest.Replay verdict)
            throws IOException {
        FailureManifest manifest =
                FailureManifest.of(request, coordinates, target.manifest(), batch, run, null, verdict, "", List.of());
        return failed(run, null, verdict, List.of(blobs.put(ArtifactKind.MANIFEST, Wire.write(manifest))));
    }

    private static FailureManifest.Replay verdict(String difference) {
        return difference.isEmpty()
                ? new FailureManifest.Replay(ReplayVerdict.VERIFIED, "")
                : new FailureManifest.Replay(ReplayVerdict.DIVERGED, Troubles.line(difference, LONGEST_LINE));
    }

    private static FailureManifest.Replay notReplayed(InfrastructureException e) throws InfrastructureException {
        if (e.kind() == InfrastructureTrouble.WORKER_STOPPED) {
            throw e;
        }
        return new FailureManifest.Replay(
                ReplayVerdict.NOT_REPLAYED, Troubles.line(e.kind() + ": " + Troubles.message(e), LONGEST_LINE));
    }

    private static void warn(BatchRequest request, FailureManifest.Replay verdict) {
        if (verdict.verdict() != ReplayVerdict.VERIFIED) {
            log.warn("failure of batch {} is {}: {}", request.batchId(), verdict.verdict(), verdict.note());
        }
    }

    private List<ArtifactReference> store(BatchRequest request, BatchRun run, @Nullable ReplayRun replay)
            throws IOException {
        List<ArtifactReference> artifacts = new ArrayList<>();
        if (replay != null) {
            artifacts.add(blobs.put(ArtifactKind.MERGED_LOG, replay.log().file()));
            if (replay.log().index() != null) {
                artifacts.add(
                        blobs.put(ArtifactKind.MERGED_LOG_INDEX, replay.log().index()));
            }
            if (request.keepsCheckpoints()) {
                artifacts.add(blobs.put(ArtifactKind.SNAPSHOT, replay.image()));
            }
        }
        artifacts.add(blobs.put(ArtifactKind.RECORDING, run.recording()));
        return artifacts;
    }
}
