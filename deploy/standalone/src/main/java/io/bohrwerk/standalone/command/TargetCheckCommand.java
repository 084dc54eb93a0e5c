package io.bohrwerk.standalone.command;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.standalone.server.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tries a target on this host, before it is uploaded: no server is needed. */
@Command(
        name = "check",
        description = {
            "Validates a target, boots it once, runs the same batch twice, and says what it saw.",
            "Exit status 1 when it cannot be used, or when the two runs differ."
        })
final class TargetCheckCommand implements Callable<Integer> {
    /** Of a failing iteration's output: a screen of it. */
    private static final int SHOWN_LINES = 25;

    @Parameters(paramLabel = "DIR", description = "Holds target.yaml and the files it names.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "How many to run, each time. Default: one batch, as the target has it.")
    private int iterations;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        TargetFiles target = TargetFiles.in(directory.toAbsolutePath());
        TargetManifest manifest = target.manifest();
        out.println(manifest.name() + ": target.yaml and its files are well-formed");
        Path state =
                Files.createDirectories(StateDirectory.ofEnvironment().path().resolve("checks"));
        Path ready = Files.createTempFile(state, "ready-", ".qcow2");
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(state.resolve("machines")))) {
            boot(emulator, target, ready, out);
            int count = iterations > 0 ? iterations : manifest.test().iterationsPerBatch();
            Batch batch = new Batch(
                    // Phases of the timer that differ from one iteration to the next, as in a hunt.
                    Schedule.random(
                            manifest.machine().bootShift(),
                            manifest.machine()
                                    .timerPeriod()
                                    .instructions(manifest.machine().bootShift()),
                            1),
                    count,
                    Math.min(count, manifest.test().reportEvery()));
            if (!manifest.repeatable()) {
                return replays(emulator, target, ready, batch, out) ? 0 : 1;
            }
            BatchRun first = run(emulator, target, ready, batch);
            tell(first, out);
            boolean same = first.agrees(run(emulator, target, ready, batch));
            out.println(
                    same
                            ? "a second run was identical: iterations, instruction count and console"
                            : "a second run DIFFERED: something in it follows the host, and failures will not replay");
            return same ? 0 : 1;
        } catch (InfrastructureException e) {
            out.println("cannot be used: " + e.kind() + ": " + e.getMessage());
            return 1;
        } finally {
            Files.deleteIfExists(ready);
        }
    }

    /** Of a target whose runs follow the host a little, a recording at least must go the same way again. */
    private static boolean replays(Emulator emulator, TargetFiles target, Path ready, Batch batch, PrintWriter out)
            throws InfrastructureException {
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, batch, passed -> {});
            tell(run, out);
            ReplayRun replay = machine.replay(ready, batch, run, run.recording(), ReplayPlan.comparison());
            out.println(
                    replay.verified()
                            ? "its replay was identical; a second run need not be, for with a disk the host decides when a request is done"
                            : "its replay DIFFERED: " + replay.difference());
            return replay.verified();
        }
    }

    private static void boot(Emulator emulator, TargetFiles target, Path ready, PrintWriter out)
            throws InfrastructureException, IOException {
        long began = System.nanoTime();
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        out.printf(
                Locale.ROOT,
                "booted to \"@bw ready\" and saved in %.1f s, snapshot of %.1f MiB%n",
                (System.nanoTime() - began) / 1e9,
                Files.size(ready) / (double) (1 << 20));
    }

    private static BatchRun run(Emulator emulator, TargetFiles target, Path ready, Batch batch)
            throws InfrastructureException {
        try (Machine machine = emulator.machine(target)) {
            return machine.run(ready, batch, passed -> {});
        }
    }

    private static void tell(BatchRun run, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%,d %s in %.1f s: %.1f/s, %,d instructions each%n",
                run.iterations(),
                run.iterations() == 1 ? "iteration" : "iterations",
                run.running().toNanos() / 1e9,
                run.iterations() / (run.running().toNanos() / 1e9),
                run.instructions() / Math.max(1, run.iterations()));
        out.println(
                run.outcome() == Outcome.PASSED
                        ? "all passed"
                        : "iteration " + run.iterations() + " " + run.outcome() + ": " + run.reason());
        SubtestCounts subtests = run.subtests();
        if (subtests != null) {
            out.printf(
                    Locale.ROOT,
                    "its subtests: %,d passed, %,d failed, %,d failed as expected, %,d skipped%n",
                    subtests.passed(),
                    subtests.failed(),
                    subtests.expected(),
                    subtests.skipped());
        }
        for (UnexpectedPass pass : run.unexpectedPasses()) {
            out.println("expected to fail, and passed in iteration " + pass.iteration() + ": " + pass.subtest());
        }
        if (run.outcome() != Outcome.PASSED) {
            List<String> lines = run.report()
                    .lines()
                    .filter(line -> !line.startsWith("@bw "))
                    .toList();
            out.println("the guest's last words:");
            lines.stream().skip(Math.max(0, lines.size() - SHOWN_LINES)).forEach(line -> out.println("    " + line));
        }
    }
}
