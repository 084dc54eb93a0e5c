package io.bohrwerk.worker.failure;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.FailureSpot;
import io.bohrwerk.emulator.GuestInput;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Checkpoint;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReasonText;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.target.TargetBoot;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code manifest.json}: all that is known of a failure, and how to replay it with nothing but QEMU. Written for people and programs
 * years later: it explains itself.
 *
 * @param instructions QEMU's counts
 * @param console digests of what the guest printed in the run
 * @param logClasses of the merged log, in QEMU's words
 * @param artifacts all but this one
 * @param stoppedByGuest whether the guest stopped the machine itself; if not, Bohrwerk did, at the last instruction
 * @param checkpoints where a new machine can begin, with their instruction counts
 * @param failure where it is; null in manifests of older versions, where it is taken to be where the machine stopped
 */
public record FailureManifest(
        int version,
        UUID batchId,
        UUID jobId,
        int attempt,
        Coordinates coordinates,
        long iteration,
        Outcome outcome,
        String reason,
        Instructions instructions,
        Console console,
        Replay replay,
        String logClasses,
        List<ArtifactReference> artifacts,
        ByHand byHand,
        @Nullable Boolean stoppedByGuest,
        @Nullable List<Checkpoint> checkpoints,
        @Nullable Failure failure) {
    private static final int VERSION = 1;
    /**
     * @param first at which the batch began
     * @param before at which the merged log begins, and the snapshot {@code before} was taken if snapshots are kept; null when it was not replayed
     * @param last at which the machine stopped
     */
    record Instructions(long first, @Nullable Long before, long last) {}

    /**
     * @param instruction at which the guest began to say it; where the machine stopped, if it said nothing or no replay has found where
     * @param line the first of the kernel's report; null when the kernel said nothing
     * @param note what the guest said after it against the protocol; null when nothing
     */
    record Failure(
            long instruction,
            @Nullable String line,
            @Nullable String note) {}

    /**
     * @param port0xe9 of the debug console
     * @param serial of the first serial port
     */
    record Console(Digest port0xe9, Digest serial) {}

    /** @param note what differed, or what kept it from being replayed */
    record Replay(ReplayVerdict verdict, String note) {}

    /**
     * How to replay it without Bohrwerk.
     *
     * @param steps in words
     * @param files to be written beside the downloaded ones, by name
     * @param command QEMU's command line
     */
    record ByHand(List<String> steps, Map<String, String> files, List<String> command) {}

    /** @param replay null when it could not be replayed */
    static FailureManifest of(
            BatchRequest request,
            Coordinates coordinates,
            TargetManifest target,
            Batch batch,
            BatchRun run,
            @Nullable ReplayRun replay,
            Replay verdict,
            String logClasses,
            List<ArtifactReference> artifacts) {
        return new FailureManifest(
                VERSION,
                request.batchId(),
                request.jobId(),
                request.attempt(),
                coordinates,
                run.iterations(),
                run.outcome(),
                run.reason(),
                new Instructions(
                        run.firstInstruction(),
                        replay == null ? null : replay.log().from(),
                        run.lastInstruction()),
                new Console(run.console(), run.serial()),
                verdict,
                logClasses,
                artifacts,
                byHand(
                        coordinates,
                        target,
                        batch,
                        artifacts.stream().anyMatch(artifact -> artifact.kind() == ArtifactKind.SNAPSHOT)),
                run.stoppedByGuest(),
                replay == null ? List.of() : checkpoints(run, replay),
                new Failure(failing(run, replay), line(run), run.note().isEmpty() ? null : run.note()));
    }

    private static @Nullable String line(BatchRun run) {
        FailureSpot spot = run.spot();
        return spot != null && spot.report() ? spot.line() : null;
    }

    /** The instruction count of the failure; where the machine stopped, if no replay has found it. */
    static long failing(BatchRun run, @Nullable ReplayRun replay) {
        long found = replay == null ? run.failureInstruction() : replay.failureInstruction();
        return found >= 0 ? found : run.lastInstruction();
    }

    static List<Checkpoint> checkpoints(BatchRun run, ReplayRun replay) {
        return List.of(
                new Checkpoint(Checkpoint.START, run.firstInstruction()),
                new Checkpoint(Checkpoint.BEFORE, replay.log().from()),
                new Checkpoint(Checkpoint.FAILURE, failing(run, replay)));
    }

    /** The batch that failed. */
    public Batch batch() {
        return new Batch(coordinates.schedule(), coordinates.iterations(), coordinates.reportEvery());
    }

    /**
     * The run, as far as a replay is compared with it.
     *
     * @param recording where its recording lies
     */
    public BatchRun run(Path recording) {
        // Before it was written down, only hung guests were stopped by us.
        boolean byGuest = stoppedByGuest == null ? outcome != Outcome.HUNG : stoppedByGuest;
        Long before = instructions.before();
        return BatchRun.recorded(
                new BatchRun.Result(outcome, iteration, reason, ""),
                new BatchRun.Extent(instructions.first(), instructions.last(), byGuest, null),
                new BatchRun.Where(
                        byGuest || coordinates.again() != Again.RUN ? null : spot(),
                        failure == null ? instructions.last() : failure.instruction(),
                        before == null ? instructions.first() : before),
                console.port0xe9(),
                console.serial(),
                recording);
    }

    /** Where the host stopped the machine, it did so some time after what decided. Null for a hang, which is no line. */
    private @Nullable FailureSpot spot() {
        if (outcome == Outcome.HUNG) {
            return null;
        }
        String said = failureLine();
        return new FailureSpot(
                false, said == null ? "" : said, said != null, instructions.first(), instructions.last());
    }

    /** The first line of the kernel's report; null when the kernel said nothing. */
    @Nullable
    public String failureLine() {
        return failure == null ? null : failure.line();
    }

    /** Whether another run failed in the same way: with the same outcome, and for the same reason but for its numbers. */
    public boolean happensIn(BatchRun other) {
        return other.outcome() == outcome && ReasonText.normal(other.reason()).equals(ReasonText.normal(reason));
    }

    private static ByHand byHand(Coordinates coordinates, TargetManifest target, Batch batch, boolean snapshots) {
        Again again = coordinates.again();
        if (again == Again.NEVER) {
            return new ByHand(
                    List.of("There is no way: instructions were not counted (icount off), and nothing was recorded."),
                    Map.of(),
                    List.of());
        }
        boolean recorded = again == Again.REPLAY;
        int shift = coordinates.schedule().shift();
        Execution execution = recorded
                ? new Execution.Replayed(shift)
                : new Execution.Counted(shift, coordinates.schedule().slices());
        Launch launch = Launch.from(QemuCommandLine.READY, execution).with(new Instrument.MergedLog());
        List<String> command = new ArrayList<>(
                QemuCommandLine.of(target, QemuCommandLine.haveHpet(coordinates.machineOptions()), launch));
        boolean driven = target.test().driver() == TargetTest.Driver.CONSOLE;
        command.subList(0, command.indexOf("--") + 1).clear(); // the limits of a worker
        command.set(command.indexOf("-qmp"), "-monitor");
        if (snapshots) {
            command.set(command.indexOf(QemuCommandLine.READY), Checkpoint.BEFORE);
        }
        List<String> steps = new ArrayList<>();
        steps.add("Use the emulator that " + (recorded ? "recorded" : "ran") + " it: " + coordinates.emulator() + ".");
        steps.add("In an empty directory, put " + named(target.boot())
                + (recorded ? "and " + ArtifactKind.RECORDING.fileName() + " as " + QemuCommandLine.RECORDING : "there")
                + ".");
        steps.add(
                snapshots
                        ? "Put a copy of " + ArtifactKind.SNAPSHOT.fileName() + " there as " + QemuCommandLine.STATE
                                + " (QEMU writes into it). It holds the snapshots 'before' (just before the failing iteration)"
                                + " and 'failure'."
                        : "Put the blob " + coordinates.snapshot() + " there as " + QemuCommandLine.STATE
                                + ": the target's snapshot 'ready', from which the batch was run.");
        steps.add(
                "Write each of 'files' there under its name, exactly as it is, with no newline added, each character as one byte (ISO 8859-1).");
        if (driven) {
            steps.add("Make an empty file " + QemuCommandLine.OUTPUT + "."
                    + (snapshots
                            ? " Empty " + QemuCommandLine.INPUT
                                    + ", too: at 'before' the guest has read what started the batch."
                            : ""));
        }
        steps.add("mkfifo " + QemuCommandLine.MERGED + "; cat " + QemuCommandLine.MERGED + " > merged.log &");
        steps.add(
                "Run 'command' there. Its monitor is on the terminal: 'log int' logs every interrupt and exception from there on,"
                        + " 'cont' replays to the failure, 'quit' ends it. merged.log then holds the guest's consoles and QEMU's log in"
                        + " the order in which they happened.");
        steps.add(
                !recorded
                        ? "There is no recording, as QEMU makes none of several CPUs: the batch goes the same way each time it is run"
                                + " from this snapshot. A breakpoint of gdb changes that."
                        : "To debug, start it with -S -gdb tcp:127.0.0.1:1234 added and attach gdb: execution goes the same way each time.");
        return new ByHand(List.copyOf(steps), GuestInput.of(target, batch), List.copyOf(command));
    }

    /** The target's files, and under which names the emulator looks for them. */
    private static String named(TargetBoot boot) {
        StringBuilder files = new StringBuilder();
        if (boot.kernel() != null) {
            files.append("the target's file ")
                    .append(boot.kernel())
                    .append(" as ")
                    .append(QemuCommandLine.KERNEL)
                    .append(", ");
        }
        if (boot.initrd() != null) {
            files.append("its file ")
                    .append(boot.initrd())
                    .append(" as ")
                    .append(QemuCommandLine.INITRD)
                    .append(", ");
        }
        for (int i = 0; i < boot.disks().size(); i++) {
            files.append("its disk ")
                    .append(boot.disks().get(i).file())
                    .append(" as ")
                    .append(QemuCommandLine.disk(i))
                    .append(", ");
        }
        return files.toString();
    }
}
