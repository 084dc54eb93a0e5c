package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests, emulators and hosts that go wrong: which is an outcome of the test, and which is trouble with the infrastructure. */
@Timeout(90)
class MisbehaviourTest {
    private static final Batch BATCH = new Batch(Schedule.fixed(4, 0), 10, 1);

    @TempDir
    Path directory;

    private Emulator emulator;

    @BeforeEach
    void open() throws Exception {
        emulator = Emulator.open(TestSettings.hasty(directory.resolve("machines")));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        emulator.close();
        try (var left = Files.list(directory.resolve("machines"))) {
            assertThat(left).isEmpty();
        }
        assertThat(emulators()).isEmpty();
    }

    private Path prepared(TargetFiles target) throws Exception {
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
        }
        return ready;
    }

    private void prepareOnly(TargetFiles target) throws Exception {
        try (Machine machine = emulator.machine(target)) {
            machine.prepare();
        }
    }

    private static void assertTrouble(ThrowingCallable call, InfrastructureTrouble kind, String message) {
        assertThatThrownBy(call)
                .asInstanceOf(type(InfrastructureException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e).hasMessageContaining(message));
    }

    /** Each is an outcome of the seventh iteration, replays, and is told in words. */
    @ParameterizedTest
    @CsvSource({
        "HANG, HUNG, no word for",
        "HALT, HUNG, halted",
        "RESET, PANICKED, the processor was reset",
        "PANIC, PANICKED, panic: out of coffee",
        "CANNOT_STOP, FAILED, cannot stop"
    })
    void theGuestsDoing(String how, Outcome outcome, String reason) throws Exception {
        TargetFiles target = Guests.misbehaving(how);
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, BATCH, passed -> {});
            assertThat(run.outcome()).isEqualTo(outcome);
            assertThat(run.iterations()).isEqualTo(7);
            assertThat(run.reason()).contains(reason);
            ReplayRun replay = machine.replay(ready, BATCH, run, run.recording(), "int");
            assertThat(replay.difference()).isEmpty();
            assertThat(replay.lastInstruction()).isEqualTo(run.lastInstruction());
            assertThat(run.stoppedByGuest()).isEqualTo(outcome == Outcome.PANICKED);
        }
    }

    /** It would hang for longer than a test may take: what it prints ends the batch, with a report cut out of the console. */
    @Test
    void aKernelInItsDebugger() throws Exception {
        TargetFiles target = Guests.misbehaving("DEBUGGER");
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, BATCH, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PANICKED);
            assertThat(run.iterations()).isEqualTo(7);
            assertThat(run.reason()).isEqualTo("[  31.4142590] panic: out of tea 7");
            assertThat(run.stoppedByGuest()).isFalse();
            KernelReport report = Objects.requireNonNull(run.kernelReport());
            assertThat(report.title()).isEqualTo("panic: out of tea N in brew");
            assertThat(report.damage()).isEmpty();
            assertThat(report.text()).startsWith(run.reason()).contains("brew() at netbsd:brew+0x1f");
            ReplayRun replay = machine.replay(ready, BATCH, run, run.recording(), "int");
            assertThat(replay.difference()).isEmpty();
            assertThat(replay.beforeInstruction()).isLessThan(run.lastInstruction());
        }
    }

    @Test
    void aKernelThatLosesTheTestToAnOops() throws Exception {
        TargetFiles target = Guests.misbehaving("OOPS");
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, BATCH, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PANICKED);
            // Each console has a reader of its own, so on a busy host the report may be read before the words that
            // precede it.
            assertThat(run.iterations()).isBetween(1L, 7L);
            assertThat(run.stoppedByGuest()).isTrue();
            assertThat(Objects.requireNonNull(run.kernelReport()).title())
                    .isEqualTo("BUG: kernel NULL pointer dereference in pour");
            ReplayRun replay = machine.replay(ready, BATCH, run, run.recording(), "int");
            assertThat(replay.difference()).isEmpty();
            assertThat(run.failingIn(replay).iterations())
                    .as("by the merged log")
                    .isEqualTo(7);
        }
    }

    @Test
    void aTestThatOnlyQuotesAPanic() throws Exception {
        TargetFiles target = Guests.misbehaving("QUOTE");
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, BATCH, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(run.iterations()).isEqualTo(10);
            assertThat(run.kernelReport()).isNull();
        }
    }

    @Test
    void aFloodOfTheConsole() throws Exception {
        TargetFiles target = Guests.misbehaving("FLOOD");
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            assertTrouble(
                    () -> machine.run(ready, BATCH, passed -> {}),
                    InfrastructureTrouble.CONSOLE_FLOOD,
                    "printed more than");
        }
    }

    @Test
    void wordsThatNobodyUnderstands() throws Exception {
        TargetFiles target = Guests.misbehaving("NONSENSE");
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            assertTrouble(
                    () -> machine.run(ready, BATCH, passed -> {}),
                    InfrastructureTrouble.AGENT_PROTOCOL,
                    "@bw perhaps 7");
        }
    }

    @Test
    void aGuestThatNeverGetsReady() {
        assertTrouble(
                () -> prepareOnly(Guests.misbehaving("NEVER_READY")),
                InfrastructureTrouble.NEVER_READY,
                "within 3 s; it last said: still looking for my keys");
    }

    @Test
    void aGuestThatDiesWhileBooting() {
        assertTrouble(
                () -> prepareOnly(Guests.misbehaving("DIES_BOOTING")),
                InfrastructureTrouble.TARGET_UNBOOTABLE,
                "it last said: no root file system");
    }

    @Test
    void aKernelThatIsNone() throws Exception {
        Path bundle = bundle("garbage");
        Files.writeString(bundle.resolve("kernel"), "This is no kernel.\n".repeat(400));
        assertTrouble(
                () -> prepareOnly(TargetFiles.in(bundle)),
                InfrastructureTrouble.TARGET_UNBOOTABLE,
                "invalid kernel header");
    }

    @Test
    void anElfForAnotherMachine() throws Exception {
        Path bundle = bundle("foreign");
        Files.copy(Path.of("/proc/self/exe"), bundle.resolve("kernel"));
        assertThatThrownBy(() -> TargetFiles.in(bundle))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("machine.arch: 'i386' must be x86_64");
    }

    @Test
    void namesWithCommasQuotesAndOptions() throws Exception {
        Path bundle = Files.createDirectories(directory.resolve("it's, \"odd\",readonly=on\nreally"));
        TargetFiles demo = Guests.demo();
        Files.copy(demo.directory().resolve("kernel.elf"), bundle.resolve("a,b=c,@1.elf"));
        Files.writeString(bundle.resolve(TargetManifest.FILE_NAME), """
                name: odd
                machine: {arch: i386, memory: 16MiB, timerPeriod: 1ms}
                boot: {kernel: "a,b=c,@1.elf", append: "say=\\"a, b\\" file=/etc/passwd,x=y"}
                test: {expectedFailures: ["a, b"], reportEvery: 500}
                """);
        TargetFiles target = TargetFiles.in(bundle);
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            // Few: the demo's race strikes in one of 20,000, and where it does depends on when the snapshot was taken.
            assertThat(machine.run(ready, new Batch(Schedule.fixed(4, 1), 5, 5), passed -> {})
                            .iterations())
                    .isEqualTo(5);
        }
    }

    @Test
    void aMissingFile() throws Exception {
        Path bundle = bundle("missing");
        assertThatThrownBy(() -> TargetFiles.in(bundle))
                .hasMessageContaining("boot: 'kernel' is named in the manifest");
    }

    @Test
    void aSnapshotThatIsGone() throws Exception {
        try (Machine machine = emulator.machine(Guests.demo())) {
            assertTrouble(
                    () -> machine.run(directory.resolve("nowhere"), BATCH, passed -> {}),
                    InfrastructureTrouble.BLOB_MISSING,
                    "nowhere");
        }
    }

    @Test
    void aSnapshotOfAnotherMachine() throws Exception {
        Path other = prepared(Guests.misbehaving("HANG"));
        try (Machine machine = emulator.machine(Guests.demo())) {
            assertTrouble(
                    () -> machine.run(other, BATCH, passed -> {}),
                    InfrastructureTrouble.EMULATOR_DIED,
                    "did not start");
        }
    }

    @Test
    void anEmulatorKilledInTheMiddle() throws Exception {
        TargetFiles target = Guests.misbehaving("HANG");
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            CompletableFuture<Void> kill = CompletableFuture.runAsync(() -> {
                while (emulators().isEmpty()) {
                    Thread.onSpinWait();
                }
                emulators().forEach(ProcessHandle::destroyForcibly);
            });
            // Slow enough that it is still running then: a hang takes 100 ms of virtual time.
            assertTrouble(
                    () -> machine.run(ready, new Batch(Schedule.fixed(0, 0), 10, 1), passed -> {}),
                    InfrastructureTrouble.EMULATOR_DIED,
                    "killed by signal 9");
            kill.join();
        }
    }

    @Test
    void aMachineClosedFromAnotherThread() throws Exception {
        TargetFiles target = Guests.misbehaving("HANG");
        Path ready = prepared(target);
        Machine machine = emulator.machine(target);
        CompletableFuture<Void> close = CompletableFuture.runAsync(
                machine::close, CompletableFuture.delayedExecutor(300, java.util.concurrent.TimeUnit.MILLISECONDS));
        assertThatThrownBy(() -> machine.run(ready, new Batch(Schedule.fixed(0, 0), 10, 1), passed -> {}))
                .asInstanceOf(type(InfrastructureException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.WORKER_STOPPED));
        close.join();
    }

    /** The host's clock ends a batch, but says nothing about the test: here it would be called hung a little later. */
    @Test
    void aBatchThatTakesTooLongOnTheHost() throws Exception {
        TargetFiles target = Guests.misbehaving("HANG");
        Path ready = prepared(target);
        EmulatorSettings hasty = TestSettings.hasty(directory.resolve("hastier"));
        EmulatorSettings hastier = new EmulatorSettings(
                hasty.directory(),
                hasty.readyLimit(),
                Duration.ofMillis(50),
                hasty.replayLimit(),
                hasty.consoleLimit(),
                hasty.mergedLogLimit());
        try (Emulator impatient = Emulator.open(hastier);
                Machine machine = impatient.machine(target)) {
            assertTrouble(
                    () -> machine.run(ready, new Batch(Schedule.fixed(0, 0), 10, 1), passed -> {}),
                    InfrastructureTrouble.HOST_TIME_LIMIT,
                    "on the host, at iteration 7");
        }
    }

    private Path bundle(String name) throws Exception {
        Path bundle = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                bundle.resolve(TargetManifest.FILE_NAME),
                "name: " + name + "\nmachine: {arch: i386, memory: 8MiB}\nboot: {kernel: kernel}\ntest: {}\n");
        return bundle;
    }

    private static List<ProcessHandle> emulators() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("qemu-system"))
                .collect(Collectors.toList());
    }
}
