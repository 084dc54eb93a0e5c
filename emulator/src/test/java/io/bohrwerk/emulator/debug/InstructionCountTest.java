package io.bohrwerk.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.GuestInput;
import io.bohrwerk.emulator.Guests;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.Station;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.qemu.Recounted;
import io.bohrwerk.emulator.qemu.StoredClock;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Instruction counts on both sides of 2<sup>31</sup>, 2<sup>32</sup> and 3 * 2<sup>31</sup>, where QEMU's signed 32-bit arithmetic on them
 * overflows.
 */
@Tag("emulators")
@Timeout(300)
class InstructionCountTest {
    private static final int SHIFT = 4;
    private static final long EDGE = 1L << 31;
    private static final long LITTLE = 100_000;
    /** Cannot fail: each iteration begins at a tick and is over before the next, 62,500 instructions later. Some 4 million instructions. */
    private static final Batch BATCH = new Batch(new Schedule(SHIFT, 40_000, 0, 0, 0, Align.TICK), 100, 10);

    @TempDir
    private static Path directory;

    private static Emulator emulator;
    private static TargetFiles target;
    private static Path ready;
    private static BatchRun usual;

    @BeforeAll
    static void prepare() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        target = Guests.demo();
        ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
        }
        try (Machine machine = emulator.machine(target)) {
            usual = machine.run(ready, BATCH, passed -> {});
        }
        assertThat(usual.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(usual.instructions()).isGreaterThan(4_000_000);
    }

    @AfterAll
    static void close() {
        emulator.close();
    }

    private static void assertTheUsual(BatchRun run, long first) {
        assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(run.firstInstruction()).isEqualTo(first);
        assertThat(run.instructions()).isEqualTo(usual.instructions());
        assertThat(run.console()).isEqualTo(usual.console());
    }

    /** Without this fact there would be no need to rebase: should an emulator lose the assertion, this tells. */
    @ParameterizedTest
    @ValueSource(longs = {EDGE + LITTLE, 2 * EDGE - LITTLE, 3 * EDGE + LITTLE})
    void qemuAbortsWhereBit31IsSet(long count) throws Exception {
        Path high = Recounted.copy(ready, usual.firstInstruction(), count, SHIFT);
        try (Machine machine = emulator.machine(target)) {
            assertThatThrownBy(() -> machine.run(high, BATCH, passed -> {}))
                    .isInstanceOf(InfrastructureException.class)
                    .hasMessageContaining("diff >= 0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                EDGE - LITTLE,
                EDGE,
                EDGE + LITTLE,
                2 * EDGE - LITTLE,
                2 * EDGE,
                2 * EDGE + LITTLE,
                3 * EDGE - LITTLE,
                3 * EDGE,
                3 * EDGE + LITTLE
            })
    void aRebasedSnapshotRunsAndReplaysTheSame(long count) throws Exception {
        // A count of exactly 0 stands for "not counted", so the round ones are placed next to the edge.
        long placed = count % EDGE == 0 ? count + 1 : count;
        Path image = Recounted.copy(ready, usual.firstInstruction(), placed, SHIFT);
        long first = StoredClock.rebase(image, placed, SHIFT);
        assertThat(first).isBetween(0L, (1L << 30) - 1);
        Path recording = directory.resolve("recording-" + count + ".rr");
        Path middle = directory.resolve("middle-" + count + ".qcow2");
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(image, BATCH, passed -> {});
            assertTheUsual(run, first);
            Files.copy(run.recording(), recording);
            assertThat(machine.replay(image, BATCH, run, recording, ReplayPlan.failure(run, "int"))
                            .difference())
                    .isEmpty();
            Station station = machine.stations()
                    .advance(Station.beginning(image, run), BATCH, recording, first + usual.instructions() / 2, middle);
            assertThat(machine.stations()
                            .goOn(station, BATCH, 0, BATCH.iterations())
                            .outcome())
                    .isEqualTo(Outcome.PASSED);
        }
    }

    /** Checkpoints past the edge hold QEMU's own count: to replay from them, and to record from them, needs nothing. */
    @Test
    void aRecordingCrossesTheEdge() throws Exception {
        long first = EDGE - usual.instructions() / 2;
        long last = first + usual.instructions();
        Path image = Recounted.copy(ready, usual.firstInstruction(), first, SHIFT);
        Path recording = directory.resolve("crossing.rr");
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(image, BATCH, passed -> {});
            assertTheUsual(run, first);
            Files.copy(run.recording(), recording);
            assertThat(machine.replay(image, BATCH, run, recording, ReplayPlan.failure(run, "int"))
                            .difference())
                    .isEmpty();
            Station past = machine.stations()
                    .advance(
                            Station.beginning(image, run),
                            BATCH,
                            recording,
                            EDGE + 500_000,
                            directory.resolve("past.qcow2"));
            Station later = machine.stations()
                    .advance(past, BATCH, recording, EDGE + 900_000, directory.resolve("later.qcow2"));
            assertThat(later.instruction()).isEqualTo(EDGE + 900_000);
            assertThat(machine.stations()
                            .goOn(later, BATCH, 0, BATCH.iterations())
                            .outcome())
                    .isEqualTo(Outcome.PASSED);
        }
        DebuggedFailure debugged = new DebuggedFailure(
                target,
                GuestInput.of(target.manifest(), BATCH),
                SHIFT,
                recording,
                List.of(new DebuggedFailure.Snapshot(first, image, "ready")),
                last,
                BATCH.iterations(),
                BATCH.reportEvery());
        DebugSettings settings = new DebugSettings(0, Duration.ofMinutes(4), 6, ByteSize.ofMebibytes(512));
        try (Timeline timeline = new Timeline(emulator, debugged, settings)) {
            Budget budget = timeline.newBudget();
            timeline.goTo(last, budget);
            assertThat(timeline.checkpoints().all())
                    .extracting(DebuggedFailure.Snapshot::icount)
                    .anyMatch(count -> count > EDGE);
            for (long place : new long[] {last - 1, last - 100, EDGE + 1, EDGE, EDGE - 1, last - 7}) {
                timeline.goTo(place, budget);
                assertThat(timeline.current().icount(budget)).isEqualTo(place);
                timeline.warmUp(place);
            }
        }
    }

    /** One batch of 6.7e9 instructions: it is replayed, gone on from and gone back in on both sides of every edge. */
    @Test
    void aLongBatchCrossesEveryEdge() throws Exception {
        TargetFiles patient = Guests.misbehaving("LONG_BOOT");
        Batch batch = new Batch(new Schedule(0, 50_000_000, 0, 0, 0, Align.NONE), 134, 1);
        Path image = directory.resolve("patient.qcow2");
        Path recording = directory.resolve("patient.rr");
        try (Machine machine = emulator.machine(patient)) {
            Files.move(machine.prepare(), image);
            BatchRun run = machine.run(image, batch, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(run.firstInstruction()).isLessThan(1L << 30);
            assertThat(run.lastInstruction()).isGreaterThan(3 * EDGE + LITTLE);
            Files.copy(run.recording(), recording);
            assertThat(machine.replay(image, batch, run, recording, ReplayPlan.failure(run, "int"))
                            .difference())
                    .isEmpty();
            Station station = Station.beginning(image, run);
            for (int edge = 1; edge <= 3; edge++) {
                for (long place : new long[] {edge * EDGE - LITTLE, edge * EDGE + LITTLE}) {
                    station = machine.stations()
                            .advance(
                                    station, batch, recording, place, directory.resolve("station-" + place + ".qcow2"));
                    assertThat(station.instruction()).isEqualTo(place);
                }
            }
            assertThat(machine.stations()
                            .goOn(station, batch, 0, batch.iterations())
                            .outcome())
                    .isEqualTo(Outcome.PASSED);
            DebuggedFailure debugged = new DebuggedFailure(
                    patient,
                    GuestInput.of(patient.manifest(), batch),
                    0,
                    recording,
                    List.of(new DebuggedFailure.Snapshot(run.firstInstruction(), image, "ready")),
                    run.lastInstruction(),
                    batch.iterations(),
                    batch.reportEvery());
            DebugSettings settings = new DebugSettings(0, Duration.ofMinutes(4), 6, ByteSize.ofMebibytes(512));
            try (Timeline timeline = new Timeline(emulator, debugged, settings)) {
                Budget budget = timeline.newBudget();
                timeline.goTo(run.lastInstruction(), budget);
                for (int edge = 3; edge >= 1; edge--) {
                    for (long place : new long[] {edge * EDGE + 1, edge * EDGE, edge * EDGE - 1}) {
                        timeline.goTo(place, budget);
                        assertThat(timeline.current().icount(budget)).isEqualTo(place);
                    }
                }
            }
        }
    }

    /** The real thing: a guest that boots for 2.2e9 instructions. */
    @Test
    void aLongBootRunsAndReplays() throws Exception {
        TargetFiles slow = Guests.misbehaving("LONG_BOOT");
        Batch batch = new Batch(new Schedule(0, 0, 0, 0, 0, Align.NONE), 20, 5);
        try (Machine machine = emulator.machine(slow)) {
            Path image = directory.resolve("long-boot.qcow2");
            Files.move(machine.prepare(), image);
            BatchRun run = machine.run(image, batch, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(run.firstInstruction()).isLessThan(1L << 30);
            Path recording = directory.resolve("long-boot.rr");
            Files.copy(run.recording(), recording);
            assertThat(machine.replay(image, batch, run, recording, ReplayPlan.failure(run, "int"))
                            .difference())
                    .isEmpty();
            // At another shift only the instructions since the last multiple of 2^30 leap.
            Path settled = directory.resolve("settled.qcow2");
            Files.move(machine.settle(image, 4), settled);
            Batch slower = new Batch(new Schedule(4, 0, 0, 0, 0, Align.NONE), 20, 5);
            assertThat(machine.run(settled, slower, passed -> {}).outcome()).isEqualTo(Outcome.PASSED);
        }
    }
}
