package io.bohrwerk.cli.debug;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One debugger per failure: two would fight for its checkpoints, and their users would take each other's place for their own. The kernel
 * lets go of the lock however the process ends.
 */
public final class DebugLock implements AutoCloseable {
    private final FileChannel channel;

    private DebugLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws InvalidInputException when another process debugs this failure; the message says which, and at which port */
    public static DebugLock take(Path directory) throws IOException {
        Path file = directory.resolve("debug.lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new InvalidInputException(
                    "failure",
                    directory.getFileName(),
                    "is being debugged already: " + Files.readString(file).strip());
        }
        channel.truncate(0);
        return new DebugLock(channel);
    }

    /** Tells others where the debugger is. */
    public void tell(int port) throws IOException {
        String text = "gdb server at 127.0.0.1:" + port + ", process "
                + ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
