package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest may set the queue of its serial port as it likes: the line that starts a batch is there at one and the same instruction. */
class SerialQueueTest {
    @TempDir
    private Path directory;

    /** No queue at all, and triggers of 1, 4, 8 and 14 bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"0x00", "0x01", "0x41", "0x81", "0xc1"})
    void theLineThatStartsABatchIsThereAtOnce(String fifoControl) throws Exception {
        TargetFiles target = Guests.terminal(fifoControl);
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
                Machine machine = emulator.machine(target)) {
            Path ready = Files.move(machine.prepare(), directory.resolve("ready.qcow2"));
            Batch batch = new Batch(Schedule.fixed(4, 0), 5, 1);
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(run.report())
                    .containsPattern(
                            "byte 0 after [0-9]+ looks\\s+(byte . after 0 looks\\s+){6}byte \\s+ after 0 looks");
            ReplayRun replay = machine.replay(ready, batch, run, run.recording(), ReplayPlan.comparison());
            assertThat(replay.difference()).isEmpty();
            assertThat(machine.run(ready, batch, passed -> {}).agrees(run)).isTrue();
        }
    }
}
