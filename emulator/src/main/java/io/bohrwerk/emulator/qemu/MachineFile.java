package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads what an emulator that may have been taken over writes into its directory, while it runs: regular files only, no links, and no more than
 * asked for. Once it has ended {@link Confinement.Cell#takeBack} has deleted everything else.
 */
public final class MachineFile {
    /** Bytes of a console that a replay prints again: the run was held to a limit far below. */
    public static final long LONGEST_CONSOLE = 64 << 20;

    private MachineFile() {}

    /** The file from the beginning, at most {@code most} bytes of it. */
    public static byte[] head(Path file, long most) throws IOException {
        try (FileChannel channel = open(file)) {
            return read(channel, 0, Math.min(channel.size(), most));
        }
    }

    /** The last bytes of the file, at most {@code most}. */
    public static byte[] tail(Path file, long most) throws IOException {
        try (FileChannel channel = open(file)) {
            long size = channel.size();
            long length = Math.min(size, most);
            return read(channel, size - length, length);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is not a regular file");
        }
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private static byte[] read(FileChannel channel, long from, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
        while (bytes.hasRemaining()) {
            int n = channel.read(bytes, from + bytes.position());
            if (n < 0) {
                break;
            }
        }
        byte[] whole = new byte[bytes.position()];
        bytes.flip();
        bytes.get(whole);
        return whole;
    }
}
