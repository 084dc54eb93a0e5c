package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.TargetMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QemuProbeTest {
    @TempDir
    Path directory;

    /** What was measured on the versions that Debian ships; another version may be here, of which only the shape is known. */
    @ParameterizedTest
    @EnumSource(TargetMachine.Arch.class)
    void knowsTheEmulatorThatIsHere(TargetMachine.Arch arch) throws Exception {
        Qemu qemu = QemuProbe.probe(
                arch.qemuBinary(), directory, Confinement.probe().cell());
        assertThat(qemu.version()).startsWith(arch.qemuBinary() + ": QEMU emulator version " + qemu.release());
        assertThat(qemu.release()).matches("\\d+\\.\\d+\\.\\d+");
        if (qemu.release().startsWith("7.2.")) {
            assertThat(qemu).isEqualTo(new Qemu(qemu.version(), Qemu.Stepping.SINGLESTEP, false, true, false, 1));
        } else if (qemu.release().startsWith("10.0.")) {
            assertThat(qemu).isEqualTo(new Qemu(qemu.version(), Qemu.Stepping.ONE_INSN_PER_TB, true, false, true, 4));
        } else if (qemu.release().startsWith("11.1.")) {
            assertThat(qemu).isEqualTo(new Qemu(qemu.version(), Qemu.Stepping.ONE_INSN_PER_TB, true, false, true, 7));
        }
        assertThat(qemu.pluginApi()).isPositive();
    }

    @Test
    void readsTheReleaseOutOfAVersion() {
        assertThat(Qemu.release("qemu-system-i386: QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)"))
                .isEqualTo("10.0.2");
        assertThat(Qemu.release("something else")).isEqualTo("something else");
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
