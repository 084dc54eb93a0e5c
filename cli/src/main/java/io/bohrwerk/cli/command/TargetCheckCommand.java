package io.bohrwerk.cli.command;

import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.conformance.Conformer;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.server.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
            "Validates a target, boots it once, tests its guest's side of the protocol by counting instructions, runs a batch",
            "twice and replays it, and reports what it saw. The result is kept in check.json beside target.yaml; target add",
            "uploads it too. Exit status 1 if the target cannot be used or a hunt in it would go wrong; the output says why."
        })
final class TargetCheckCommand implements Callable<Integer> {
    /** Of a failing iteration's output: a screen of it. */
    private static final int SHOWN_LINES = 25;

    @Parameters(paramLabel = "DIR", description = "Directory with target.yaml and the files it names.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Iterations in the batch that is run twice and replayed. Default: a few seconds of them.")
    private int iterations;

    @Option(names = "--json", description = "Print the contents of check.json and nothing else.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter answer = spec.commandLine().getOut();
        PrintWriter out = json ? new PrintWriter(Writer.nullWriter()) : answer;
        TargetFiles target = TargetFiles.in(directory.toAbsolutePath());
        out.println(target.manifest().name() + ": target.yaml and its files are well-formed");
        Path state =
                Files.createDirectories(StateDirectory.ofEnvironment().path().resolve("checks"));
        Path ready = Files.createTempFile(state, "ready-", ".qcow2");
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(state.resolve("machines")))) {
            boot(emulator, target, ready, out);
            Conformer.Result result = Conformer.check(emulator, target, id(target), ready, iterations);
            Conformance found = result.conformance();
            tell(result.run(), out);
            tell(found, out);
            String text = Wire.writeText(found);
            if (json) {
                answer.println(text);
            }
            keep(text, out);
            return found.sound() ? 0 : 1;
        } catch (InfrastructureException e) {
            (json ? spec.commandLine().getErr() : out).println("cannot be used: " + e.kind() + ": " + e.getMessage());
            return 1;
        } finally {
            Files.deleteIfExists(ready);
        }
    }

    private static Digest id(TargetFiles target) throws IOException {
        Map<String, Digest> digests = new HashMap<>();
        digests.put(TargetManifest.FILE_NAME, Digest.of(target.directory().resolve(TargetManifest.FILE_NAME)));
        for (String file : target.manifest().boot().files()) {
            digests.put(file, Digest.of(target.directory().resolve(file)));
        }
        return TargetBundle.of(target.manifest(), digests).id();
    }

    private void keep(String text, PrintWriter out) {
        Path file = directory.resolve(Conformance.FILE_NAME);
        try {
            Path fresh = Files.createTempFile(directory, Conformance.FILE_NAME, ".new");
            Files.writeString(fresh, text + "\n");
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
            out.println("kept in " + file + " for target add");
        } catch (IOException e) {
            out.println("could not be saved in " + file + ": " + e + "; the first worker will check the target again");
        }
    }

    private static void tell(Conformance found, PrintWriter out) {
        out.println("what the guest supports of the protocol:");
        found.keys()
                .forEach((key, finding) -> out.printf(
                        Locale.ROOT,
                        "    %-10s  %-11s  %s%n",
                        key.word(),
                        switch (finding.service()) {
                            case EXACT -> "exactly";
                            case INEXACT -> "INEXACTLY";
                            case SERVED -> "yes";
                            case NOT_SERVED -> "no";
                            case UNDECIDED -> "not decided";
                        },
                        finding.note()));
        out.println("a failing iteration ends a batch: " + told(found.stopsAfterFailure()));
        out.println("timer: " + found.timer());
        if (found.wrongTimerPeriod()) {
            out.println("    WRONG: random delays would miss phases of the timer; write timerPeriod: "
                    + found.timerPeriod());
        }
        out.println(switch (found.repeats().verdict()) {
                    case YES -> "a second run was identical: ";
                    case NO -> "a second run DIFFERED: ";
                    case UNDECIDED -> "no second run: ";
                }
                + found.repeats().note());
        out.println(switch (found.replays().verdict()) {
                    case YES -> "its replay was identical: ";
                    case NO -> "its replay DIFFERED, so failures would not replay: ";
                    case UNDECIDED -> "no replay: ";
                }
                + found.replays().note());
    }

    private static String told(Conformance.Answer answer) {
        return switch (answer.verdict()) {
                    case YES -> "yes: ";
                    case NO -> "NO: ";
                    case UNDECIDED -> "not seen: ";
                }
                + answer.note();
    }

    private static void boot(Emulator emulator, TargetFiles target, Path ready, PrintWriter out)
            throws InfrastructureException, IOException {
        long began = System.nanoTime();
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready, StandardCopyOption.REPLACE_EXISTING);
        }
        out.printf(
                Locale.ROOT,
                "booted to \"@bw ready\" and saved in %.1f s, snapshot of %.1f MiB%n",
                (System.nanoTime() - began) / 1e9,
                Files.size(ready) / (double) (1 << 20));
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
            out.println("the guest's last output:");
            lines.stream().skip(Math.max(0, lines.size() - SHOWN_LINES)).forEach(line -> out.println("    " + line));
        }
    }
}
