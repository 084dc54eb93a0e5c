package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No room left where the machines live: a small file system of its own, which only root may mount. */
class FullDiskTest {
    private static final Batch BATCH = new Batch(Schedule.fixed(4, 100), 20_000, 500);

    @TempDir
    Path directory;

    private Path small;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount a small file system");
        small = Files.createDirectories(directory.resolve("small"));
        assumeTrue(
                command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small.toString()) == 0,
                "mount is not allowed here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (small != null) {
            command("umount", small.toString());
        }
    }

    @Test
    void theSnapshotDoesNotFit() throws Exception {
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(small));
                Machine machine = emulator.machine(Guests.demo())) {
            fill(small, 300 << 10);
            assertFull(machine::prepare);
        }
    }

    @Test
    void theRecordingDoesNotFit() throws Exception {
        Path ready = directory.resolve("ready.qcow2");
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("large")));
                Machine machine = emulator.machine(Guests.demo())) {
            Files.move(machine.prepare(), ready);
        }
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(small));
                Machine machine = emulator.machine(Guests.demo())) {
            fill(small, Files.size(ready) + (48 << 10));
            assertFull(() -> machine.run(ready, BATCH, passed -> {}));
        }
    }

    private static void assertFull(ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(InfrastructureException.class))
                .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(InfrastructureTrouble.DISK_FULL));
    }

    private static void fill(Path fileSystem, long leave) throws Exception {
        long room = Files.getFileStore(fileSystem).getUsableSpace() - leave;
        Files.write(fileSystem.resolve("filler"), new byte[(int) room]);
    }

    private static int command(String... command) throws Exception {
        return new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .start()
                .waitFor();
    }
}
