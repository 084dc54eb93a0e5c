package io.bohrwerk.emulator.debug;

import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.InvalidInputException;
import java.time.Duration;

/**
 * Limits of a debugging session.
 *
 * @param port to listen on, on the loopback interface; 0 for any free one
 * @param commandLimit host time for one command of the debugger's; beyond it the emulator is killed and the command fails
 * @param checkpoints most of them kept besides those that came with the failure
 * @param checkpointBytes most bytes of disk that they take
 */
public record DebugSettings(int port, Duration commandLimit, int checkpoints, ByteSize checkpointBytes) {
    private static final int LARGEST_PORT = 65_535;

    public DebugSettings {
        InvalidInputException.require(
                port >= 0 && port <= LARGEST_PORT, "port", port, "must be between 0 and " + LARGEST_PORT);
        InvalidInputException.require(
                commandLimit.toMillis() > 0, "commandLimit", commandLimit, "must be longer than nothing");
        InvalidInputException.require(checkpoints >= 2, "checkpoints", checkpoints, "must be at least 2");
    }

    /** Limits that suit a person at a terminal. */
    public static DebugSettings onPort(int port) {
        return new DebugSettings(port, Duration.ofMinutes(10), 12, ByteSize.ofMebibytes(2048));
    }
}
