package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests that say more than one last word, the wrong one, or end without one. */
@Timeout(90)
class LastWordsTest {
    private static final Batch BATCH = new Batch(Schedule.fixed(4, 0), 10, 1);

    @TempDir
    Path directory;

    private Emulator emulator;

    @BeforeEach
    void open() throws Exception {
        emulator = Emulator.open(TestSettings.hasty(directory.resolve("machines")));
    }

    @AfterEach
    void close() {
        emulator.close();
    }

    private Path prepared(TargetFiles target) throws Exception {
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
        }
        return ready;
    }

    private BatchRun run(TargetFiles target, Path ready) throws Exception {
        try (Machine machine = emulator.machine(target)) {
            return machine.run(ready, BATCH, passed -> {});
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FAIL_THEN_DONE, FAILED, update lost, and said: @bw done 10",
        "FAIL_THEN_FAIL, FAILED, first, and said: @bw fail 10 second",
        "FAIL_THEN_PASS, FAILED, first, and said: @bw pass 20",
        "FAIL_THEN_PANIC, FAILED, first, panic: too late",
        "CANNOT_STOP, FAILED, cannot stop, ''",
        "SPLIT, FAILED, late, ''",
        "NULS, FAILED, un, ''",
        "EXITS, PANICKED, the guest ended with debug-exit value 5, ''",
        "EXITS_AT_ONCE, PANICKED, the guest ended with debug-exit value 0, ''",
    })
    void theFirstDecides(String how, Outcome outcome, String reason, String note) throws Exception {
        TargetFiles target = Guests.misbehaving(how);
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, BATCH, passed -> {});
            assertThat(run.outcome()).isEqualTo(outcome);
            assertThat(run.iterations()).isEqualTo(7);
            assertThat(run.reason()).contains(reason);
            if (note.isEmpty()) {
                assertThat(run.note()).isEmpty();
            } else {
                assertThat(run.note()).contains(note);
            }
            ReplayRun replay = machine.replay(ready, BATCH, run, run.recording(), "int");
            assertThat(replay.difference()).isEmpty();
            assertThat(replay.failureInstruction()).isBetween(run.firstInstruction() + 1, run.lastInstruction());
            assertThat(run.agrees(run(target, ready))).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"DONE_EXITS", "PASSED_EXITS", "LONG_LINE"})
    void aNormalEnd(String how) throws Exception {
        TargetFiles target = Guests.misbehaving(how);
        Path ready = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(ready, BATCH, passed -> {});
            assertThat(run.outcome()).as(run.reason()).isEqualTo(Outcome.PASSED);
            assertThat(run.iterations()).isEqualTo(10);
            assertThat(machine.replay(ready, BATCH, run, run.recording(), ReplayPlan.comparison())
                            .difference())
                    .isEmpty();
            assertThat(run.agrees(run(target, ready))).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LIES, @bw pass 999999999999999999",
        "LIES_BACK, @bw pass 3",
        "LIES_DONE, @bw done 7",
        "TWICE, @bw pass 7",
    })
    void whatCannotBe(String how, String word) throws Exception {
        TargetFiles target = Guests.misbehaving(how);
        Path ready = prepared(target);
        long began = System.nanoTime();
        assertThatThrownBy(() -> run(target, ready))
                .asInstanceOf(type(InfrastructureException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.AGENT_PROTOCOL))
                .satisfies(e -> assertThat(e).hasMessageContaining(word));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
}
