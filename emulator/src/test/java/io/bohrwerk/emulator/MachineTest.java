package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo target in a real emulator: what a batch's coordinates determine, and what a failure leaves. */
@Tag("emulators")
class MachineTest {
    private static final int TIMER_PERIOD = 62_500;
    private static final int MOST_BATCHES =
            60; // of 5,000 iterations that fail once in 20,000: all pass once in three million times

    @TempDir
    private static Path directory;

    private static Emulator emulator;
    private static TargetFiles target;
    private static Path ready;

    @BeforeAll
    static void prepare() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        target = Guests.demo();
        ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
        }
    }

    @AfterAll
    static void close() throws Exception {
        emulator.close();
        try (var left = Files.list(directory.resolve("machines"))) {
            assertThat(left).as("machines' directories left").isEmpty();
        }
    }

    /** Cannot fail: each iteration begins at a tick, and is over long before the next. */
    private static Batch passing() {
        return new Batch(new Schedule(4, 100, 0, 0, 0, Align.TICK), 400, 100);
    }

    private static Batch random(long seed) {
        return new Batch(Schedule.random(4, TIMER_PERIOD, seed), 5000, 500);
    }

    private static BatchRun run(Batch batch, RunMode mode) throws InfrastructureException {
        try (Machine machine = emulator.machine(target)) {
            return machine.run(ready, batch, mode, passed -> {});
        }
    }

    @Test
    void saysWhichEmulatorItIs() throws Exception {
        assertThat(emulator.version(target.manifest().machine().arch()))
                .startsWith("qemu-system-i386: QEMU emulator version ");
    }

    @Test
    void reportsProgressAndCountsInstructions() throws Exception {
        List<Long> progress = new ArrayList<>();
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, passing(), progress::add);
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(run.iterations()).isEqualTo(400);
            assertThat(run.stoppedByGuest()).isTrue();
            assertThat(run.instructions()).isGreaterThan(400 * 100);
            assertThat(run.report()).contains("@bw done 400");
            assertThat(progress).containsExactly(100L, 200L, 300L, 400L);
        }
    }

    /** The heart of it: same coordinates, same run, recorded or not; other coordinates, another run. */
    @Test
    void aBatchIsAFunctionOfItsCoordinates() throws Exception {
        BatchRun once = run(random(11), RunMode.RECORDED);
        BatchRun again = run(random(11), RunMode.RECORDED);
        assertThat(again.lastInstruction()).isEqualTo(once.lastInstruction());
        assertThat(again.console()).isEqualTo(once.console());
        assertThat(again.iterations()).isEqualTo(once.iterations());
        assertThat(run(random(11), RunMode.COUNTED).console()).isEqualTo(once.console());
        assertThat(run(random(12), RunMode.RECORDED).lastInstruction()).isNotEqualTo(once.lastInstruction());
        assertThat(run(new Batch(Schedule.random(5, TIMER_PERIOD, 11), 5000, 500), RunMode.RECORDED)
                        .lastInstruction())
                .isNotEqualTo(once.lastInstruction());
    }

    /** Looked at from outside, while it runs. */
    @Test
    void anEmulatorCanGainNothing() throws Exception {
        List<String> states = new ArrayList<>();
        List<String> limits = new ArrayList<>();
        try (Machine machine = emulator.machine(target)) {
            machine.run(
                    ready,
                    new Batch(passing().schedule(), 20_000, 1_000), // long enough to be looked at on a busy host
                    passed -> ProcessHandle.current()
                            .descendants()
                            .filter(process ->
                                    process.info().command().orElse("").contains("qemu-system"))
                            .forEach(process -> {
                                Path proc = Path.of("/proc/" + process.pid());
                                try {
                                    states.add(Files.readString(proc.resolve("status")));
                                    limits.add(Files.readString(proc.resolve("limits")));
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }));
        }
        assertThat(states)
                .isNotEmpty()
                .allSatisfy(state -> assertThat(state)
                        .containsPattern("NoNewPrivs:\\s+1\n")
                        .containsPattern("Seccomp:\\s+2\n")
                        .containsPattern("CapEff:\\s+0+\n")
                        .doesNotContainPattern("Uid:.*\\b0\\b"));
        assertThat(limits)
                .allSatisfy(limit -> assertThat(limit)
                        .containsPattern("Max open files\\s+256 ")
                        .containsPattern("Max core file size\\s+0 ")
                        .containsPattern("Max address space\\s+[0-9]+ ")
                        .containsPattern("Max file size\\s+[0-9]+ "));
    }

    @Test
    void aShiftBelowTheBootsIsRefused() {
        Batch batch = new Batch(Schedule.fixed(3, 0), 10, 1);
        assertThatThrownBy(() -> run(batch, RunMode.RECORDED)).hasMessageContaining("bootShift of 4");
    }

    @Test
    void aFailureReplaysAndLeavesItsTraces() throws Exception {
        for (int seed = 1; seed <= MOST_BATCHES; seed++) {
            try (Machine machine = emulator.machine(target)) {
                BatchRun run = machine.run(ready, random(seed), passed -> {});
                if (run.outcome() == Outcome.PASSED) {
                    continue;
                }
                assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
                ReplayRun replay = machine.replay(ready, random(seed), run, run.recording(), "int");
                assertThat(replay.difference()).isEmpty();
                assertThat(replay.lastInstruction()).isEqualTo(run.lastInstruction());
                assertThat(replay.beforeInstruction()).isBetween(run.firstInstruction(), run.lastInstruction() - 1);
                String log = text(replay.log().file());
                int failing = log.indexOf("@bw fail " + run.iterations() + " " + run.reason());
                assertThat(failing).as("the guest's own line in the merged log").isPositive();
                assertThat(log.substring(0, failing))
                        .as("the debug exception before it")
                        .contains("v=01 e=0000", "DR7=");
                assertThat(snapshots(replay.image()))
                        .contains("before", "failure")
                        .doesNotContain("ready");
                return;
            }
        }
        throw new AssertionError("no failure in " + MOST_BATCHES + " batches");
    }

    /** A recording of another schedule must not pass for this one's. */
    @Test
    void aForeignRecordingIsFoundOut() throws Exception {
        Path foreign = directory.resolve("foreign.rr");
        try (Machine machine = emulator.machine(target)) {
            BatchRun other = machine.run(ready, random(21), passed -> {});
            Files.copy(other.recording(), foreign);
        }
        try (Emulator hasty = Emulator.open(TestSettings.hasty(directory.resolve("hasty")));
                Machine machine = hasty.machine(target)) {
            BatchRun run = machine.run(ready, random(22), passed -> {});
            try {
                assertThat(machine.replay(ready, random(22), run, foreign, "int")
                                .verified())
                        .isFalse();
            } catch (InfrastructureException e) {
                assertThat(e).hasMessageContaining("replay did not stop within");
            }
        }
    }

    private static String text(Path zstd) throws Exception {
        try (InputStream in = new ZstdInputStream(Files.newInputStream(zstd))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String snapshots(Path image) throws Exception {
        Process list = new ProcessBuilder("qemu-img", "snapshot", "-l", image.toString()).start();
        return new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
