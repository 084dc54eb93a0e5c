package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.Passes;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Linux without an agent, driven over its serial console: Debian's cloud kernel and busybox with a login, from an initramfs and from
 * a disk. The packages are fetched once and kept below the build directory; where no apt can bring them, the tests are skipped.
 */
class ConsoleTargetTest {
    /** Fails in its third iteration. What it prints on the console is what is left when a kernel speaks into a word of the protocol. */
    private static final String TEST = """
            #!/bin/sh
            echo '@bw pa[    9.0] usb 1-1: new device' >/dev/ttyS0
            echo x >>/root/count
            sync
            n=$(wc -l </root/count)
            echo "run $n"
            [ "$n" -lt 3 ] || { echo "not ok 1 - it is broken"; exit 7; }
            echo "ok 1"
            """;

    private static final Batch BATCH = new Batch(Schedule.random(4, 250_000, 11), 10, 1);

    @TempDir
    private static Path directory;

    private static Emulator emulator;
    private static TargetFiles shell;
    private static Path ready;

    @BeforeAll
    static void build() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt-get, which brings Debian's kernel");
        shell = TargetFiles.in(build("linux-shell", directory));
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        ready = prepared(shell);
    }

    @AfterAll
    static void close() {
        if (emulator != null) {
            emulator.close();
            assertThat(ProcessHandle.current().descendants()).isEmpty();
        }
    }

    /** The target of this kind with {@link #TEST}, whose file and which are put into a directory. */
    static Path build(String kind, Path directory) throws Exception {
        Path test = Files.writeString(directory.resolve("third-fails"), TEST);
        return LinuxTarget.build(
                kind,
                List.of("--test", test.toString()),
                directory.resolve(kind),
                Path.of("target", "linux-guest").toAbsolutePath(),
                line -> {});
    }

    private static Path prepared(TargetFiles target) throws Exception {
        Path image = directory.resolve(UUID.randomUUID() + ".qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), image);
        }
        return image;
    }

    /** The same target with another script. */
    private static TargetFiles with(String old, String other) throws IOException {
        String yaml = Files.readString(shell.directory().resolve(TargetManifest.FILE_NAME));
        assertThat(yaml).contains(old);
        return new TargetFiles(TargetManifest.parse(yaml.replace(old, other)), shell.directory());
    }

    @Test
    void runsTheSameTwiceAndReplays() throws Exception {
        try (Machine machine = emulator.machine(shell)) {
            BatchRun first = machine.run(ready, BATCH, passed -> {});
            assertThat(first.outcome()).as(first.report()).isEqualTo(Outcome.FAILED);
            assertThat(first.iterations()).isEqualTo(3);
            assertThat(first.reason()).isEqualTo("exit status 7");
            assertThat(first.report()).contains("usb 1-1: new device", "not ok 1 - it is broken");
            assertThat(first.report()).doesNotContain("ok 1\n@bw");
            assertThat(first.stoppedByGuest()).isTrue();
            BatchRun second = machine.run(ready, BATCH, passed -> {});
            assertThat(second.lastInstruction()).isEqualTo(first.lastInstruction());
            assertThat(second.serial()).isEqualTo(first.serial());

            Path recording = Files.copy(second.recording(), directory.resolve("recording.rr"));
            ReplayRun replay = machine.replay(ready, BATCH, second, recording, ReplayPlan.failure(second, "int"));
            assertThat(replay.difference()).isEmpty();
            Passes passes = machine.passes(ready, BATCH, second, recording);
            assertThat(passes.marks()).extracting(Passes.Mark::passed).contains(1L, 2L);
        }
    }

    @Test
    void runsAnotherScheduleAndAnotherShiftOtherwise() throws Exception {
        try (Machine machine = emulator.machine(shell)) {
            Path settled = directory.resolve("settled.qcow2");
            Files.move(machine.settle(ready, 6), settled);
            BatchRun one = machine.run(settled, new Batch(Schedule.random(6, 62_500, 1), 2, 1), passed -> {});
            BatchRun two = machine.run(settled, new Batch(Schedule.random(6, 62_500, 2), 2, 1), passed -> {});
            assertThat(List.of(one.outcome(), two.outcome())).containsOnly(Outcome.PASSED);
            assertThat(two.lastInstruction()).isNotEqualTo(one.lastInstruction());
            assertThatThrownBy(() -> machine.run(settled, new Batch(Schedule.fixed(6, 0), 5000, 1), passed -> {}))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("iterations: '5000'");
        }
    }

    @Test
    void tellsOfAStepThatWaitsInVain() throws Exception {
        TargetFiles target = with("wait: \"# \"", "{wait: \"no such prompt\", timeout: 2s}");
        try (Machine machine = emulator.machine(target)) {
            assertThatThrownBy(machine::prepare).isInstanceOfSatisfying(InfrastructureException.class, e -> {
                assertThat(e.kind()).isEqualTo(InfrastructureTrouble.NEVER_READY);
                assertThat(e)
                        .hasMessageStartingWith(
                                "script[2], wait \"no such prompt\": the guest did not print it within ")
                        .hasMessageContaining("\n| debian login: root\n| Welcome, root.\n");
            });
        }
    }

    @Test
    void boundsWhatATestPrints() throws Exception {
        EmulatorSettings small = EmulatorSettings.in(directory.resolve("small"));
        TargetFiles target = with("loop: /test", "loop: cat /dev/zero >/dev/ttyS0");
        try (Emulator other = Emulator.open(new EmulatorSettings(
                        small.directory(),
                        small.readyLimit(),
                        small.batchLimit(),
                        small.replayLimit(),
                        ByteSize.parse("64KiB"),
                        small.mergedLogLimit()));
                Machine machine = other.machine(target)) {
            Path image = directory.resolve("flood.qcow2");
            Files.move(machine.prepare(), image);
            assertThatThrownBy(() -> machine.run(image, BATCH, passed -> {}))
                    .isInstanceOfSatisfying(
                            InfrastructureException.class,
                            e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.CONSOLE_FLOOD));
        }
    }

    /** Its instruction counts differ from run to run, but a recording replays. */
    @Test
    void replaysAGuestOnADiskAndNeverWritesTheDisk() throws Exception {
        TargetFiles target = TargetFiles.in(build("linux-disk", directory));
        Path disk = target.directory().resolve("disk.img");
        Digest before = Digest.of(disk);
        Path image = prepared(target);
        try (Machine machine = emulator.machine(target)) {
            BatchRun run = machine.run(image, BATCH, passed -> {});
            assertThat(run.outcome()).as(run.report()).isEqualTo(Outcome.FAILED);
            assertThat(run.iterations()).isEqualTo(3);
            Path recording = Files.copy(run.recording(), directory.resolve("disk.rr"));
            ReplayRun replay = machine.replay(image, BATCH, run, recording, ReplayPlan.failure(run, "int"));
            assertThat(replay.difference()).isEmpty();
        }
        assertThat(Digest.of(disk)).isEqualTo(before);
        try (RandomAccessFile other = new RandomAccessFile(disk.toFile(), "rw")) {
            other.write(new byte[] {'Q', 'F', 'I', (byte) 0xfb});
        }
        assertThatThrownBy(() -> TargetFiles.in(target.directory()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'disk.img' is declared as raw, but begins as a qcow2 image does");
    }
}
