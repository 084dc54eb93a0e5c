package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is other than usual in a machine, in real emulators: an interrupt more, another timer, nothing counted. */
class MachineSettingTest {
    private static final int SHIFT = 4;
    /** The test and what is around it are some 3,000 instructions long, the timer's period 62,490. */
    private static final Schedule AT_THE_TICK = new Schedule(SHIFT, 0, 0, 0, 0, Align.TICK);

    @TempDir
    private static Path directory;

    private static Emulator emulator;
    private static TargetFiles target;
    private static Path ready;

    @BeforeAll
    static void boot() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        target = Guests.race("race-lost-update");
        ready = prepared(target, RunMode.RECORDED);
    }

    @AfterAll
    static void close() throws Exception {
        emulator.close();
    }

    private static Path prepared(TargetFiles of, RunMode mode) throws Exception {
        Path image = Files.createTempFile(directory, "ready", ".qcow2");
        try (Machine machine = emulator.machine(of)) {
            return Files.move(machine.prepare(mode), image, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Setting extra(long offset, long window, long seed) {
        return new Setting(null, new ExtraInterrupt(offset, window, seed), null, null, null);
    }

    private static Setting hertz(int hertz) {
        return new Setting(null, null, hertz, null, null);
    }

    private static BatchRun run(Batch batch) throws Exception {
        try (Machine machine = emulator.machine(target)) {
            return machine.run(ready, batch, passed -> {});
        }
    }

    /** Each lands at its own instruction: as far behind the first one as it was asked to. */
    @Test
    void theExtraInterruptComesAtTheInstructionThatWasChosen() throws Exception {
        Setting setting = extra(100, 2_000, 5);
        Batch batch = new Batch(
                Schedule.listed(SHIFT, Collections.nCopies(4, 1_600L), Align.TICK)
                        .under(setting),
                4,
                4);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(run.report()).contains("@bw serves extra");
            List<Long> landed = machine.tracing().landings(ready, batch, run.recording()).stream()
                    .map(after -> after.get(0).count())
                    .toList();
            assertThat(landed).hasSize(4);
            ExtraInterrupt asked = Objects.requireNonNull(setting.extra());
            long around = landed.get(0) - asked.at(0);
            assertThat(around).isBetween(0L, 20L);
            for (int k = 0; k < landed.size(); k++) {
                assertThat(landed.get(k) - asked.at(k)).as("iteration %d", k).isEqualTo(around);
            }
        }
    }

    /** Without it the tick, and so every interrupt, is far away from the test. */
    @Test
    void theExtraInterruptFindsWhatTheTickCannotAndReplays() throws Exception {
        assertThat(run(new Batch(AT_THE_TICK, 1_000, 500)).outcome()).isEqualTo(Outcome.PASSED);
        Batch batch = new Batch(AT_THE_TICK.under(extra(0, 4_000, 7)), 1_000, 500);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(run.reason()).isEqualTo("a charge was lost");
            assertThat(run.iterations()).isLessThan(1_000);
            ReplayRun replay = machine.replay(ready, batch, run, run.recording(), "int");
            assertThat(replay.verified()).as(replay.difference()).isTrue();
            BatchRun again = run(batch);
            assertThat(again.iterations()).isEqualTo(run.iterations());
            assertThat(again.lastInstruction()).isEqualTo(run.lastInstruction());
        }
    }

    @Test
    void anAgentThatCannotSaysSo() throws Exception {
        refused("OOPS", extra(5, 0, 0), "this guest has no interrupt for it");
        refused("OOPS", hertz(250), "this guest cannot change its timer");
    }

    /** One from before there were such wishes passes over them, and its iterations are not taken for what was asked. */
    @Test
    void anAgentThatKnowsNothingOfItIsNoticed() throws Exception {
        refused("OLD_AGENT", extra(5, 0, 0), "does not know what the job's setting asks for (extra)");
    }

    private static void refused(String behaviour, Setting setting, String words) throws Exception {
        TargetFiles guest = Guests.misbehaving(behaviour);
        Path image = prepared(guest, RunMode.RECORDED);
        try (Machine machine = emulator.machine(guest)) {
            Batch batch = new Batch(Schedule.fixed(SHIFT, 0).under(setting), 3, 1);
            assertThatThrownBy(() -> machine.run(image, batch, passed -> {})).hasMessageContaining(words);
        }
    }

    /** Of two million instructions, 32 ms: every ms, and every 4. */
    @Test
    void theTimerTicksAsOftenAsItIsTold() throws Exception {
        Schedule busy = Schedule.fixed(SHIFT, 100_000);
        assertThat(ticks(new Batch(busy, 20, 20))).isBetween(30, 36);
        assertThat(ticks(new Batch(busy.under(hertz(250)), 20, 20))).isBetween(7, 10);
    }

    private static int ticks(Batch batch) throws Exception {
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            return (int) machine.tracing().interrupts(ready, batch, run.recording(), 100_000_000).stream()
                    .filter(each -> each.vector() == 32)
                    .count();
        }
    }

    /** Logging costs, and without counted instructions nothing is recorded. */
    @Test
    void aFreeMachineRunsWithItsLog() throws Exception {
        Setting free = new Setting(null, null, null, true, false);
        Path image = prepared(target, RunMode.FREE);
        try (Machine machine = emulator.machine(target)) {
            Batch batch = new Batch(AT_THE_TICK.under(free), 50, 10);
            BatchRun run = machine.run(image, batch, RunMode.of(Again.of(free, 1)), passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(run.iterations()).isEqualTo(50);
            assertThat(run.instructions()).isZero();
            assertThat(run.recording()).doesNotExist();
        }
    }
}
