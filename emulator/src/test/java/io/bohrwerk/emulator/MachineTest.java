package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real emulator and the demo target. */
class MachineTest {
    @TempDir
    Path directory;

    @Test
    void findsAFailureAndReplaysIt() throws Exception {
        TargetFiles target = TargetFiles.in(Path.of("target/classes/guest/x86-debug-register-race"));
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")))) {
            Path ready = directory.resolve("ready.qcow2");
            try (Machine machine = emulator.machine(target)) {
                Files.move(machine.prepare(), ready, StandardCopyOption.REPLACE_EXISTING);
            }
            for (int seed = 1; seed < 50; seed++) {
                Batch batch = new Batch(Schedule.random(4, 62_500, seed), 5000, 500);
                try (Machine machine = emulator.machine(target)) {
                    BatchRun run = machine.run(ready, batch, passed -> {});
                    System.out.println(seed + " " + run);
                    if (run.outcome() != Outcome.PASSED) {
                        ReplayRun replay = machine.replay(ready, batch, run, run.recording(), "int");
                        System.out.println(replay + " " + Files.size(replay.image()) + " "
                                + Files.size(replay.mergedLog()) + " rr " + Files.size(run.recording()));
                        Files.copy(replay.mergedLog(), Path.of("/tmp/merged.zst"), StandardCopyOption.REPLACE_EXISTING);
                        assertThat(replay.difference()).isEmpty();
                        return;
                    }
                }
            }
            throw new AssertionError("no failure found");
        }
    }
}
