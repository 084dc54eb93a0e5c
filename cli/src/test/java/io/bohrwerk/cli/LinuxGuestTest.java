package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.GuestInput;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.debug.DebugSettings;
import io.bohrwerk.emulator.debug.DebuggedFailure;
import io.bohrwerk.emulator.debug.GdbScript;
import io.bohrwerk.emulator.debug.TimeTravelServer;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Linux, Debian's cloud kernel, with the agent and a test of three lines: run, replayed, and gone back in with gdb. The kernel's package
 * (26 MB) is fetched once and kept below the build directory; where no apt can bring it, the tests are skipped.
 */
class LinuxGuestTest {
    private static final int POINTS = 6;

    /**
     * Fails in its third iteration, by a file that outlives the iterations: /tmp does not. A subtest that is known to fail does so in the first
     * one only.
     */
    private static final String TEST = """
            #include <fcntl.h>
            #include <stdio.h>
            #include <unistd.h>
            int main(void)
            {
            	int file = open("/run/count", O_RDWR | O_CREAT | O_APPEND, 0600);

            	if (write(file, "x", 1) != 1)
            		return 2;
            	long count = lseek(file, 0, SEEK_END);
            	printf("1..2\\n%s 1 known\\n%s 2 third\\n", count == 1 ? "not ok" : "ok", count == 3 ? "not ok" : "ok");
            	return count == 3;
            }
            """;

    @TempDir
    private static Path directory;

    private static TargetFiles target;

    @BeforeAll
    static void build() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt-get, which brings Debian's kernel");
        Path source = Files.writeString(directory.resolve("test.c"), TEST);
        Path test = directory.resolve("third-fails");
        Process gcc = new ProcessBuilder("gcc", "-static", "-o", test.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(gcc.waitFor()).as("gcc").isZero();
        // Kept from one run of the tests to the next: what is fetched depends on nothing here.
        Path kept = Path.of("target", "linux-guest").toAbsolutePath();
        target = TargetFiles.in(LinuxTarget.build(
                "linux",
                List.of(
                        "--test",
                        test.toString(),
                        "--name",
                        "third-fails",
                        "--format",
                        "tap",
                        "--expect-failure",
                        "known"),
                directory.resolve("target"),
                kept,
                line -> {}));
    }

    @Test
    void failsReplaysAndGoesBack() throws Exception {
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
                Machine machine = emulator.machine(target)) {
            Path ready = directory.resolve("ready.qcow2");
            Files.move(machine.prepare(), ready);
            Batch batch = new Batch(Schedule.random(4, 250_000, 11), 10, 1);
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(run.outcome()).as(run.report()).isEqualTo(Outcome.FAILED);
            assertThat(run.iterations()).isEqualTo(3);
            assertThat(run.reason()).isEqualTo("not ok: third");
            assertThat(run.subtests()).isEqualTo(new SubtestCounts(1, 1, 0, 0));
            assertThat(run.unexpectedPasses()).containsExactly(new UnexpectedPass("known", 2));
            Path recording = directory.resolve("recording.rr");
            Files.copy(run.recording(), recording);

            ReplayRun replay = machine.replay(ready, batch, run, recording, ReplayPlan.comparison());
            assertThat(replay.difference()).isEmpty();

            DebuggedFailure failure = new DebuggedFailure(
                    target,
                    GuestInput.of(target.manifest(), batch),
                    4,
                    recording,
                    List.of(new DebuggedFailure.Snapshot(run.firstInstruction(), ready, QemuCommandLine.READY)),
                    run.lastInstruction(),
                    run.iterations(),
                    1);
            try (TimeTravelServer server = TimeTravelServer.open(emulator, failure, DebugSettings.onPort(0))) {
                stepsBackFromAnywhere(server, failure, run);
            }
        }
        assertThat(ProcessHandle.current().descendants()).isEmpty();
    }

    /** The clock leaps when a snapshot comes to another shift, and the kernel's watchdogs must not tell of that as a failure of the test. */
    @Test
    void runsAtAnotherShift() throws Exception {
        int shift = target.manifest().machine().bootShift() + 2;
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
                Machine machine = emulator.machine(target)) {
            Path booted = directory.resolve("booted.qcow2");
            Files.move(machine.prepare(), booted);
            Path settled = directory.resolve("settled.qcow2");
            Files.move(machine.settle(booted, shift), settled);
            Batch batch = new Batch(Schedule.random(shift, 62_500, 5), 10, 1);
            BatchRun run = machine.run(settled, batch, passed -> {});
            assertThat(run.outcome()).as(run.reason()).isEqualTo(Outcome.FAILED);
            assertThat(run.iterations()).isEqualTo(3);
            assertThat(machine.replay(settled, batch, run, run.recording(), ReplayPlan.comparison())
                            .difference())
                    .isEmpty();
        }
    }

    private static void stepsBackFromAnywhere(TimeTravelServer server, DebuggedFailure failure, BatchRun run)
            throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        List<String> lines = new ArrayList<>(GdbScript.lines(failure.target(), server.port()));
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            long point = random.nextLong(run.firstInstruction() + 10, run.lastInstruction());
            lines.addAll(
                    List.of("monitor goto " + point, "reverse-stepi", "monitor icount", "stepi", "monitor icount"));
            expected.addAll(List.of(point, point - 1, point));
        }
        lines.addAll(List.of("monitor goto iteration 3", "monitor icount"));
        Path script = Files.write(directory.resolve("script.gdb"), lines);
        Path said = directory.resolve("gdb.log");
        Process gdb = new ProcessBuilder("gdb", "-nx", "-q", "-batch", "-x", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(gdb.waitFor(5, TimeUnit.MINUTES)).as("gdb ended").isTrue();
        } finally {
            gdb.destroyForcibly();
        }
        String output = Files.readString(said);
        List<Long> counts = Pattern.compile("(?m)^instruction (\\d+),")
                .matcher(output)
                .results()
                .map((MatchResult match) -> Long.parseLong(match.group(1)))
                .toList();
        assertThat(counts).as(output).hasSize(expected.size() + 2).startsWith(expected.toArray(new Long[0]));
        assertThat(output).contains("right after the report of iteration 2");
    }
}
