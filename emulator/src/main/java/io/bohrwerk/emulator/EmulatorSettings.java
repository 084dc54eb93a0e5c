package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.protocol.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a host's emulated machines. Everything that can hang or grow has one.
 *
 * @param directory where machines keep their private directories; made when missing
 * @param readyLimit host time from the emulator's start until the guest says that it is ready
 * @param batchLimit host time for a batch; beyond it the batch is infrastructure trouble, not a failure
 * @param replayLimit host time for the replay of a batch, logging included
 * @param consoleLimit how much a guest may print in one run
 * @param mergedLogLimit how much of a merged log is kept, before compression; what comes later is dropped and said so in the log
 * @param confinement what to do where the host forbids to confine emulators; null: refuse where this process is root
 */
public record EmulatorSettings(
        Path directory,
        Duration readyLimit,
        Duration batchLimit,
        Duration replayLimit,
        ByteSize consoleLimit,
        ByteSize mergedLogLimit,
        Confinement.@Nullable Demand confinement) {
    /** With the default {@code confinement}. */
    public EmulatorSettings(
            Path directory,
            Duration readyLimit,
            Duration batchLimit,
            Duration replayLimit,
            ByteSize consoleLimit,
            ByteSize mergedLogLimit) {
        this(directory, readyLimit, batchLimit, replayLimit, consoleLimit, mergedLogLimit, null);
    }

    /** Limits that suit tests of up to a minute. */
    public static EmulatorSettings in(Path directory) {
        return new EmulatorSettings(
                directory,
                Duration.ofMinutes(3),
                Duration.ofMinutes(10),
                Duration.ofMinutes(20),
                ByteSize.ofMebibytes(16),
                ByteSize.ofMebibytes(4096));
    }
}
