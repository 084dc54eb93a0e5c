package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where this process keeps its machines' private directories.
 *
 * <p>Each process has a directory of its own and holds a lock on it while it lives. The kernel releases the lock however the process
 * ends, so the next one can tell what a dead one left behind, and deletes it.
 */
final class Workspace implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path directory;
    private final FileChannel lockFile;

    private Workspace(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    static Workspace open(Path parent) throws IOException {
        Files.createDirectories(parent);
        sweep(parent);
        Path directory = Files.createTempDirectory(
                parent, "process-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel lockFile =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lockFile.tryLock() == null) {
            throw new IOException("cannot lock " + directory);
        }
        return new Workspace(directory, lockFile);
    }

    /** A fresh private directory. */
    Path newDirectory(String prefix) throws IOException {
        return Files.createTempDirectory(directory, prefix + "-");
    }

    @Override
    public void close() {
        try {
            deleteTree(directory);
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }

    private static void sweep(Path parent) throws IOException {
        List<Path> directories;
        try (Stream<Path> entries = Files.list(parent)) {
            directories = entries.filter(
                            entry -> String.valueOf(entry.getFileName()).startsWith("process-"))
                    .toList();
        }
        for (Path directory : directories) {
            try (FileChannel file = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                    FileLock lock = file.tryLock()) {
                if (lock != null) {
                    QemuProcess.endBelow(directory);
                    deleteTree(directory);
                }
            } catch (OverlappingFileLockException e) {
                continue; // this process's own
            } catch (NoSuchFileException e) {
                continue; // just being made, or just being deleted
            }
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
