package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.github.luben.zstd.ZstdInputStream;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What replays of a recorded batch give, and what becomes of those that cannot go well. */
@Timeout(120)
class ReplayTest {
    /** Cannot fail: each iteration begins at most half a period behind a tick, and is over long before the next. */
    private static final Batch BATCH = new Batch(new Schedule(4, 0, 0, 30_000, 5, Align.TICK), 400, 50);

    @TempDir
    private static Path directory;

    private static Emulator emulator;
    private static Path ready;
    private static Path recording;
    private static BatchRun run;

    @BeforeAll
    static void record() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        ready = directory.resolve("ready.qcow2");
        recording = directory.resolve("whole.rr");
        try (Machine machine = emulator.machine(Guests.demo())) {
            Files.move(machine.prepare(), ready);
        }
        try (Machine machine = emulator.machine(Guests.demo())) {
            run = machine.run(ready, BATCH, passed -> {});
            Files.copy(run.recording(), recording);
        }
        assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
    }

    @AfterAll
    static void nothingIsLeft() throws Exception {
        emulator.close();
        assertThat(ProcessHandle.current()
                        .descendants()
                        .filter(process -> process.info().command().orElse("").contains("qemu-system")))
                .isEmpty();
    }

    @Test
    void aPassingBatchReplaysToo() throws Exception {
        try (Machine machine = emulator.machine(Guests.demo())) {
            for (ReplayPlan plan : new ReplayPlan[] {ReplayPlan.comparison(), ReplayPlan.failure(run, "int")}) {
                ReplayRun replay = machine.replay(ready, BATCH, run, recording, plan);
                assertThat(replay.difference()).isEmpty();
                assertThat(replay.lastInstruction()).isEqualTo(run.lastInstruction());
            }
        }
    }

    @Test
    void aDifferenceIsNamed() throws Exception {
        BatchRun other = BatchRun.recorded(
                BatchRun.Result.of(Outcome.FAILED, 17),
                new BatchRun.Extent(run.firstInstruction(), run.lastInstruction() + 1, true, null),
                new BatchRun.Where(null, BatchRun.UNKNOWN, run.beforeInstruction()),
                Digest.of(new byte[1]),
                run.serial(),
                recording);
        try (Machine machine = emulator.machine(Guests.demo())) {
            assertThat(machine.replay(ready, BATCH, other, recording, ReplayPlan.comparison())
                            .difference())
                    .contains("last instruction was " + (run.lastInstruction() + 1))
                    .contains("outcome was FAILED at iteration 17, in the replay the agent said done")
                    .contains("console differs")
                    .doesNotContain("serial");
        }
    }

    @Test
    void theLogOfSomeIterations() throws Exception {
        try (Machine machine = emulator.machine(Guests.demo())) {
            Passes passes = machine.passes(ready, BATCH, run, recording);
            assertThat(passes.marks()).hasSizeGreaterThan(100);
            Passes.Window window = passes.covering(120, 180);
            assertThat(window.fromIteration()).isEqualTo(101);
            assertThat(window.toIteration()).isEqualTo(200);
            ReplayRun replay = machine.replay(ready, BATCH, run, recording, ReplayPlan.log("int", window));
            assertThat(replay.difference()).isEmpty();
            assertThat(replay.log().from()).isEqualTo(window.fromInstruction());
            assertThat(replay.log().to()).isEqualTo(window.toInstruction());
            String log = text(replay.log().file());
            assertThat(log.indexOf("v=")).isGreaterThan(log.indexOf("@bw pass 50\n"));
            assertThat(log.indexOf("v=")).as("before the report").isLessThan(pass(log, 100));
            assertThat(log.lastIndexOf("v=")).isBetween(log.indexOf("@bw pass 150"), log.indexOf("@bw pass 250"));
        }
    }

    /** An entry may stand inside the guest's line. */
    private static int pass(String log, int iteration) {
        int after = log.indexOf("@bw pass " + (iteration + 50) + "\n");
        return after < 0 ? log.length() : after;
    }

    @Test
    void allOfIt() throws Exception {
        try (Machine machine = emulator.machine(Guests.demo())) {
            ReplayRun replay = machine.replay(
                    ready, BATCH, run, recording, new ReplayPlan("int,exec,nochain", 0, Long.MAX_VALUE, false));
            assertThat(replay.difference()).isEmpty();
            assertThat(replay.log().from()).isEqualTo(run.firstInstruction());
            assertThat(replay.log().to()).isEqualTo(run.lastInstruction());
            assertThat(replay.log().bytes()).isGreaterThan(1_000_000);
        }
    }

    private static void assertDamaged(Path recorded) throws Exception {
        try (Emulator hasty = Emulator.open(TestSettings.hasty(directory.resolve("hasty")));
                Machine machine = hasty.machine(Guests.demo())) {
            assertThatThrownBy(() -> machine.replay(ready, BATCH, run, recorded, ReplayPlan.comparison()))
                    .asInstanceOf(type(InfrastructureException.class))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.BLOB_MISSING))
                    .satisfies(e -> assertThat(e.getMessage()).contains("the recording is damaged"));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.0005, 0.01, 0.5, 0.99})
    void aRecordingThatIsCutOff(double share) throws Exception {
        byte[] whole = Files.readAllBytes(recording);
        Path cut = directory.resolve("cut-" + share);
        Files.write(cut, Arrays.copyOf(whole, (int) (whole.length * share)));
        assertDamaged(cut);
    }

    @Test
    void aRecordingThatIsNone() throws Exception {
        Path none = directory.resolve("none");
        Files.write(
                none,
                "this is no recording, this is some text of no meaning\n"
                        .repeat(200)
                        .getBytes(StandardCharsets.UTF_8));
        assertDamaged(none);
    }

    @Test
    void aSnapshotOfAnotherTarget() throws Exception {
        Path other = directory.resolve("other.qcow2");
        try (Machine machine = emulator.machine(Guests.misbehaving("HANG"))) {
            Files.move(machine.prepare(), other);
        }
        assertThatThrownBy(() -> {
                    try (Machine machine = emulator.machine(Guests.demo())) {
                        machine.replay(other, BATCH, run, recording, ReplayPlan.comparison());
                    }
                })
                .asInstanceOf(type(InfrastructureException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.BLOB_MISSING))
                .satisfies(e -> assertThat(e.getMessage()).contains("the snapshot belongs to another target"));
    }

    private static String text(Path zstd) throws Exception {
        try (InputStream in = new ZstdInputStream(Files.newInputStream(zstd))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
