package io.bohrwerk.worker.search;

import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.Passes;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.TargetSymbols;
import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.mergedlog.divergence.Divergence;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayReport.LogCover;
import io.bohrwerk.protocol.target.TargetTest;
import io.bohrwerk.protocol.when.WhenCurve;
import io.bohrwerk.worker.cache.BlobFiles;
import io.bohrwerk.worker.failure.FailureManifest;
import io.bohrwerk.worker.work.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares a failing iteration with a passing one near it: the one before it in the same batch, where the agent told them apart by a report
 * each; else, one whose delay is an instruction off, which {@link AdjacentSearch} finds. Or with itself in other times, see
 * {@link WhenSearch}.
 */
public final class Comparison {
    private static final String LOG_CLASSES = "int";

    private final Machine machine;
    private final Path ready;
    private final TargetFiles target;
    private final FailureManifest failure;
    private final BatchRun run;
    private final BlobFiles blobs;
    private final Symbols symbols;
    private final Progress progress;

    /**
     * @param run the failure's, with its recording
     * @param progress told how many machines were run
     */
    public Comparison(
            Machine machine,
            Path ready,
            TargetFiles target,
            FailureManifest failure,
            BatchRun run,
            BlobFiles blobs,
            Progress progress) {
        this.progress = progress;
        this.machine = machine;
        this.ready = ready;
        this.target = target;
        this.failure = failure;
        this.run = run;
        this.blobs = blobs;
        this.symbols = TargetSymbols.of(target);
    }

    public ReplayReport.Replayed of(ReplayMode mode) throws InfrastructureException, IOException {
        return mode == ReplayMode.DIVERGENCE && failure.coordinates().reportEvery() == 1 && failure.iteration() > 1
                ? sameBatch()
                : adjacent(mode);
    }

    private ReplayReport.Replayed sameBatch() throws InfrastructureException, IOException {
        long failing = failure.iteration();
        Passes.Window window =
                machine.passes(ready, failure.batch(), run, run.recording()).covering(failing - 1, failing);
        // What the guest did after its failure is of no interest here.
        ReplayPlan plan = new ReplayPlan(
                LOG_CLASSES,
                window.fromInstruction(),
                Math.max(window.fromInstruction(), Math.min(window.toInstruction(), run.failureInstruction())),
                false,
                false,
                failure.failureLine());
        ReplayRun replay = machine.replay(ready, failure.batch(), run, run.recording(), plan);
        if (!replay.verified()) {
            String why = "its replay went another way: " + replay.difference();
            return new ReplayReport.Replayed(0, 1, replay.difference(), null, List.of(), why);
        }
        Map<Long, TraceReader.Trace> traces = TraceReader.read(replay.log().file(), symbols);
        TraceReader.Trace fails = traces.getOrDefault(failing, new TraceReader.Trace());
        TraceReader.Trace passes = traces.getOrDefault(failing - 1, new TraceReader.Trace());
        Divergence divergence = Divergence.of(
                side(failing, failure.outcome(), fails),
                fails.arrivals(),
                side(failing - 1, Outcome.PASSED, passes),
                passes.arrivals());
        List<ArtifactReference> artifacts = new ArrayList<>();
        artifacts.add(blobs.put(ArtifactKind.DIVERGENCE, Wire.write(divergence)));
        artifacts.add(blobs.put(ArtifactKind.MERGED_LOG, replay.log().file()));
        if (replay.log().index() != null) {
            artifacts.add(blobs.put(ArtifactKind.MERGED_LOG_INDEX, replay.log().index()));
        }
        LogCover cover = new LogCover(
                window.fromIteration(),
                window.toIteration(),
                replay.log().from(),
                replay.log().to(),
                replay.log().bytes(),
                replay.log().cut());
        return new ReplayReport.Replayed(1, 1, "", cover, artifacts, divergence.summary());
    }

    private Divergence.Side side(long iteration, Outcome outcome, TraceReader.Trace trace) {
        return new Divergence.Side(
                Divergence.Nearness.SAME_BATCH,
                failure.coordinates().schedule(),
                iteration,
                outcome,
                trace.arrivals().size(),
                trace.inDelays(),
                trace.cut());
    }

    /**
     * From where on the failure is certain.
     *
     * @param directory for images of the machine
     */
    public ReplayReport.Replayed when(int points, int runs, Path directory)
            throws InfrastructureException, IOException {
        if (target.manifest().test().driver() == TargetTest.Driver.CONSOLE) {
            String why = "no when curve: a guest that is driven over its serial console cannot go on from a checkpoint";
            return new ReplayReport.Replayed(0, 0, "", null, List.of(), why);
        }
        int shift = failure.coordinates().schedule().shift();
        long period = target.manifest().machine().timerPeriod().instructions(shift);
        WhenCurve curve =
                new WhenSearch(machine, symbols, failure, run, period, points, runs, directory, progress).search(ready);
        ArtifactReference artifact = blobs.put(ArtifactKind.WHEN_CURVE, Wire.write(curve));
        return new ReplayReport.Replayed(0, 0, "", null, List.of(artifact), curve.summary());
    }

    private ReplayReport.Replayed adjacent(ReplayMode mode) throws InfrastructureException, IOException {
        int shift = failure.coordinates().schedule().shift();
        long period = target.manifest().machine().timerPeriod().instructions(shift);
        Adjacent found = new AdjacentSearch(machine, ready, symbols, failure, period, progress).search();
        List<ArtifactReference> artifacts = new ArrayList<>();
        artifacts.add(blobs.put(ArtifactKind.ADJACENT, Wire.write(found)));
        Adjacent.Window window = found.window();
        if (window != null) {
            artifacts.add(blobs.put(ArtifactKind.DIVERGENCE, Wire.write(window.divergence())));
        }
        String summary = window != null && mode == ReplayMode.DIVERGENCE
                ? window.divergence().summary()
                : found.summary();
        return new ReplayReport.Replayed(0, 0, "", null, artifacts, summary);
    }
}
