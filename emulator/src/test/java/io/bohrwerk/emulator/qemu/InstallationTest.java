package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.target.TargetMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstallationTest {
    @TempDir
    Path directory;

    @Test
    void isOnThePath() throws Exception {
        assertThat(Installation.of("emulators[0]", "system")).isEqualTo(Installation.SYSTEM);
        assertThat(Installation.SYSTEM.program("qemu-system-i386")).isEqualTo("qemu-system-i386");
    }

    @Test
    void isADirectory() throws Exception {
        Path program = program("qemu-system-i386");
        Installation here = Installation.of("emulators[0]", directory.toString());
        assertThat(here.program("qemu-system-i386")).isEqualTo(program.toString());
        assertThatThrownBy(() -> here.program("qemu-system-x86_64"))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no qemu-system-x86_64 in " + directory);
    }

    @Test
    void isAProgram() throws Exception {
        Path program = program("qemu-system-x86_64-11");
        Installation here = Installation.of("emulators[0]", program.toString());
        assertThat(here.program("qemu-system-x86_64")).isEqualTo(program.toString());
        assertThatThrownBy(() -> here.program("qemu-system-i386")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "qemu-10", "/nowhere/at/all", "/etc/passwd"})
    void refusesWhatIsNeither(String text) {
        assertThatThrownBy(() -> Installation.of("emulators[1]", text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("emulators[1]")
                .hasMessageContaining("'system'");
    }

    /** A script in front of the emulator, as the one that {@code .ci/backports-qemu} makes. */
    @Test
    void runsWhatAScriptStarts() throws Exception {
        String real = Bubblewrap.find("qemu-system-x86_64").toString();
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path data = Files.createDirectory(directory.resolve("data"));
        Path script = Files.writeString(
                bin.resolve("qemu-system-x86_64"),
                "#!/bin/sh\nexec " + real + " -L " + data + " -L /usr/share/seabios \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(Bubblewrap.firmwareGivenBy(script.toString()))
                .containsExactly("-L", data.toString(), "-L", "/usr/share/seabios");
        Installation installation = Installation.of("emulators[0]", bin.toString());
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")), installation)) {
            assertThat(emulator.version(TargetMachine.Arch.X86_64)).startsWith("qemu-system-x86_64: QEMU");
            assertThatThrownBy(() -> emulator.version(TargetMachine.Arch.I386))
                    .isInstanceOf(InfrastructureException.class)
                    .hasMessageContaining("there is no qemu-system-i386 in " + bin);
        }
    }

    private Path program(String name) throws IOException {
        Path program = Files.createFile(directory.resolve(name));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }
}
