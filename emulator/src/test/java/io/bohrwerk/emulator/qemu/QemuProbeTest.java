package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuProbeTest {
    @TempDir
    Path directory;

    @Test
    void knowsTheEmulatorThatIsHere() throws Exception {
        assertThat(QemuProbe.probe(
                        "qemu-system-x86_64", directory, Confinement.probe().cell()))
                .startsWith("qemu-system-x86_64: QEMU emulator version ");
    }

    @Test
    void tellsHowToInstallOneThatIsNot() {
        assertUnfit(
                "qemu-system-nowhere",
                "qemu-system-nowhere is not here; install it with: sudo apt-get install qemu-system-x86");
    }

    /** Something of that name which is no emulator, or one that was built without what is needed. */
    @Test
    void refusesOneThatCannotRecord() throws Exception {
        Path binary = Files.writeString(
                directory.resolve("qemu-system-old"),
                "#!/bin/sh\n"
                        + "[ \"$1\" = --version ] && { echo 'QEMU emulator version 1.0'; exit 0; }\n"
                        + "echo 'invalid option -icount' >&2\n"
                        + "exit 1\n");
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
        assertUnfit(binary.toString(), "cannot confine the emulator: " + binary + " is a script");
    }

    private void assertUnfit(String binary, String... words) {
        assertThatThrownBy(() ->
                        QemuProbe.probe(binary, directory, Confinement.probe().cell()))
                .asInstanceOf(type(InfrastructureException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.EMULATOR_UNFIT))
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }
}
