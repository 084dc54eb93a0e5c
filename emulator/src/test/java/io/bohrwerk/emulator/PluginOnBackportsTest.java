package io.bohrwerk.emulator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.emulator.qemu.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The same on the QEMU of Debian 12's backports, where {@code .ci/backports-qemu} has fetched it. */
class PluginOnBackportsTest extends PluginTest {
    @Override
    Installation installation() {
        String cache = Objects.requireNonNullElseGet(
                System.getenv("BOHRWERK_QEMU_CACHE"), () -> "/var/tmp/bohrwerk-qemu-" + user());
        Path programs = Path.of(cache, "bookworm-backports", "bin");
        assumeTrue(Files.isDirectory(programs), "no QEMU from backports in " + programs + ": run .ci/backports-qemu");
        return Installation.of("emulator", programs.toString());
    }

    private static Object user() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
