package io.bohrwerk.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Files that are being written, in a directory that several processes may share.
 *
 * <p>Each is locked for as long as it is open. The operating system drops the lock of a process that dies, so what can be locked is
 * nobody's. A process leaves its own files alone by their names: to lock and unlock one of them would drop the writer's lock too.
 */
final class TemporaryFiles {
    /** A file is made a moment before it is locked. */
    private static final Duration UNLOCKED_MOMENT = Duration.ofMinutes(1);

    private static final String THIS_PROCESS = UUID.randomUUID().toString();
    private static final AtomicLong COUNT = new AtomicLong();

    private final Path directory;

    TemporaryFiles(Path directory) {
        this.directory = directory;
    }

    /** A new, empty file. */
    TemporaryFile create() throws IOException {
        Path path = directory.resolve(THIS_PROCESS + "-" + COUNT.incrementAndGet());
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        TemporaryFile file = new TemporaryFile(path, channel);
        try {
            channel.lock();
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Deletes what processes that are gone have left. */
    void sweep() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!file.getFileName().toString().startsWith(THIS_PROCESS)) {
                    deleteIfNobodys(file);
                }
            }
        }
    }

    private static void deleteIfNobodys(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                @Nullable FileLock lock = channel.tryLock()) {
            Instant old = Instant.now().minus(UNLOCKED_MOMENT);
            if (lock != null && Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Its writer, or another sweeper, was faster.
        }
    }

    /** One file, deleted on close unless it has been moved away. */
    record TemporaryFile(Path path, FileChannel channel) implements AutoCloseable {
        void write(byte[] bytes, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        /** Returns when the bytes are on the disk. */
        void sync() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                Files.deleteIfExists(path);
            }
        }
    }
}
