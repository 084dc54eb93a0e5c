package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A shell in the emulator's place tries what a guest that has broken out would. */
class ConfinementTest {
    private static final List<String> TOOLS = List.of(
            "cat", "grep", "id", "ln", "mkfifo", "chmod", "touch", "ls", "tail", "cut", "env", "ps", "unshare",
            "mount");

    @TempDir
    Path parent;

    private Path directory;
    private Confinement confinement;
    private Confinement.Cell cell;

    @BeforeEach
    void machine() throws Exception {
        directory = Files.createDirectory(parent.resolve("machine"));
        confinement = Confinement.probe();
        cell = confinement.cell();
    }

    static boolean root() {
        return System.getProperty("user.name").equals("root");
    }

    private String inside(Confinement.Cell cell, String script) throws Exception {
        List<String> command = cell.confine(directory, List.of("sh", "-c", script), TOOLS);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }

    @Test
    void itReadsWhatItIsLent() throws Exception {
        Path kernel = Files.writeString(parent.resolve("a kernel, of=some\none"), "the kernel");
        cell.lend("kernel", kernel);
        cell.give(directory);
        assertThat(inside(cell, "cat kernel")).isEqualTo("the kernel");
        assertThat(inside(cell, "grep NoNewPrivs /proc/self/status")).endsWith("1");
        // Given a second time, as for a machine's next run.
        cell.takeBack(directory);
        cell.give(directory);
        assertThat(inside(cell, "cat kernel")).isEqualTo("the kernel");
    }

    @Test
    @EnabledIf("root")
    void itIsAUserWithoutAnything() throws Exception {
        Path kernel = Files.writeString(parent.resolve("kernel"), "the kernel");
        Path secret = Files.writeString(parent.resolve("secret"), "credentials");
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
        cell.lend("kernel", kernel);
        cell.give(directory);
        assertThat(inside(cell, "id -u")).isNotEqualTo("0");
        assertThat(inside(cell, "grep CapEff /proc/self/status")).endsWith("0000000000000000");
        assertThat(inside(cell, "cat " + secret + " || echo refused")).contains("refused");
        assertThat(inside(cell, "echo changed > kernel || echo refused")).contains("refused");
        assertThat(Files.readString(kernel)).isEqualTo("the kernel");
        assertThat(inside(cell, "echo mine > own && cat own")).isEqualTo("mine");
    }

    @Test
    @EnabledIf("root")
    void twoMachinesDoNotReachEachOther() throws Exception {
        Confinement.Cell other = confinement.cell();
        Assumptions.assumeFalse(
                inside(other, "id -u").equals(inside(cell, "id -u")), "this host has no users for each machine");
        cell.give(directory);
        Files.writeString(directory.resolve("snapshot"), "guest's memory");
        assertThat(inside(other, "cat snapshot || echo refused")).contains("refused");
        assertThat(inside(other, "touch x || echo refused")).contains("refused");
    }

    @Test
    @EnabledIf("root")
    void nothingItLeavesIsFollowed() throws Exception {
        Path secret = Files.writeString(parent.resolve("secret"), "credentials");
        cell.give(directory);
        inside(
                cell,
                "ln -s " + secret + " recording.rr; ln -s " + secret + " batch.cfg; mkfifo console.fifo;"
                        + " echo a recording > other.rr; chmod 777 .");
        cell.takeBack(directory);
        assertThat(directory.resolve("recording.rr")).doesNotExist();
        assertThat(Files.exists(directory.resolve("batch.cfg"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(directory.resolve("other.rr")).hasContent("a recording");
        assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
        Files.writeString(directory.resolve("batch.cfg"), "for the next run");
        assertThat(secret).hasContent("credentials");
        assertThat(inside(cell, "touch x || echo refused")).contains("refused");
    }

    @Test
    void itHasNoNetwork() throws Exception {
        cell.give(directory);
        // One line for each interface below two of headings.
        assertThat(inside(cell, "tail -n +3 /proc/net/dev | cut -d: -f1")
                        .lines()
                        .map(String::strip))
                .containsExactly("lo");
        assertThat(inside(cell, "cat /proc/net/route | tail -n +2")).isEmpty();
    }

    @Test
    void whatIsLeftOfAMachineIsEnded() throws Exception {
        cell.give(directory);
        Process left = new ProcessBuilder(cell.confine(directory, List.of("sh", "-c", "mkfifo fifo; cat fifo"), TOOLS))
                .directory(directory.toFile())
                .start();
        try {
            assertThat(left.isAlive()).isTrue();
            QemuProcess.endBelow(parent.resolve("another"));
            QemuProcess.endBelow(parent);
            assertThat(left.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } finally {
            left.destroyForcibly();
        }
    }
}
