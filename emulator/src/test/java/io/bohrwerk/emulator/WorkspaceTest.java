package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
    @TempDir
    Path parent;

    @Test
    void takesAwayWhatADeadProcessLeft() throws IOException {
        Path dead = Files.createDirectories(parent.resolve("process-dead/machine-1"));
        Files.createFile(parent.resolve("process-dead/lock"));
        Files.writeString(dead.resolve("state.qcow2"), "left over");
        Files.createSymbolicLink(dead.resolve("kernel"), Files.writeString(parent.resolve("precious"), "not ours"));
        try (Workspace workspace = Workspace.open(parent)) {
            assertThat(parent.resolve("process-dead")).doesNotExist();
            assertThat(parent.resolve("precious")).exists();
            assertThat(workspace.newDirectory("machine")).isDirectory();
        }
        try (var left = Files.list(parent)) {
            assertThat(left).containsExactly(parent.resolve("precious"));
        }
    }

    @Test
    void leavesTheLivingAlone() throws IOException {
        try (Workspace first = Workspace.open(parent)) {
            Path machine = first.newDirectory("machine");
            try (Workspace second = Workspace.open(parent)) {
                assertThat(machine).isDirectory();
                assertThat(second.newDirectory("machine")).isDirectory();
            }
            assertThat(machine).isDirectory();
        }
    }
}
