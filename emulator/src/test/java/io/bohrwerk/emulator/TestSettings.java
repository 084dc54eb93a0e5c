package io.bohrwerk.emulator;

import io.bohrwerk.protocol.ByteSize;
import java.nio.file.Path;
import java.time.Duration;

/** Settings for tests of what happens at the limits. */
final class TestSettings {
    private TestSettings() {}

    static EmulatorSettings hasty(Path directory) {
        return new EmulatorSettings(
                directory,
                Duration.ofSeconds(3),
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                ByteSize.parse("256KiB"),
                ByteSize.ofMebibytes(64));
    }
}
