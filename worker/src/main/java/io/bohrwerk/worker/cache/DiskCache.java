package io.bohrwerk.worker.cache;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * Directories that are made once and used many times; the least recently used go when there is no room. Nothing in use ever goes.
 *
 * <p>It lives as long as its process: a new one begins empty and takes away what a killed one left, so nothing that was half written, or
 * changed behind our back, is ever taken for good. The kernel frees the lock of a process however it ends.
 */
public final class DiskCache implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DiskCache.class);
    private static final String LOCK = "lock";

    private final Path directory;
    private final FileChannel lockFile;
    private final long limit;
    /** In the order of use, the oldest first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private long size;
    private long lastName;

    private DiskCache(Path directory, FileChannel lockFile, long limit) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.limit = limit;
    }

    /** @param limit bytes kept beside what is in use */
    public static DiskCache open(Path parent, long limit) throws IOException {
        Files.createDirectories(parent);
        sweep(parent);
        Path directory = Files.createTempDirectory(
                parent, "process-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel lockFile =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lockFile.tryLock() == null) {
            throw new IOException("cannot lock " + directory);
        }
        return new DiskCache(directory, lockFile, limit);
    }

    /** Fills an empty directory. */
    @FunctionalInterface
    public interface Maker {
        void make(Path directory) throws IOException, InfrastructureException;
    }

    /** An entry that stays while it is held. */
    public final class Held implements AutoCloseable {
        private final Entry entry;
        private boolean held = true;

        private Held(Entry entry) {
            this.entry = entry;
        }

        public Path directory() {
            return entry.directory;
        }

        @Override
        public void close() {
            if (held) {
                held = false;
                letGo(entry);
            }
        }
    }

    private static final class Entry {
        final String key;
        final Path directory;
        /** Held by the one who makes it; others wait for it and then find it made. */
        final ReentrantLock making = new ReentrantLock();

        boolean made;
        int holders;
        long size;

        Entry(String key, Path directory) {
            this.key = key;
            this.directory = directory;
        }
    }

    /** As {@link #hold(String, long, Maker)}, of something small. */
    public Held hold(String key, Maker maker) throws IOException, InfrastructureException {
        return hold(key, 0, maker);
    }

    /**
     * The entry, made now unless it is there. When making fails nothing stays, and the next caller tries again.
     *
     * @param bytes that it will have, as far as is known: room is made for so many before it is made
     */
    public Held hold(String key, long bytes, Maker maker) throws IOException, InfrastructureException {
        Entry entry = find(key);
        Held held = new Held(entry);
        boolean good = false;
        try {
            entry.making.lockInterruptibly();
            try {
                if (!entry.made) {
                    make(entry, bytes, maker);
                }
            } finally {
                entry.making.unlock();
            }
            good = true;
            return held;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        } finally {
            if (!good) {
                held.close();
            }
        }
    }

    private synchronized Entry find(String key) {
        Entry entry = entries.computeIfAbsent(key, k -> new Entry(k, directory.resolve("entry-" + ++lastName)));
        entry.holders++;
        return entry;
    }

    private void make(Entry entry, long bytes, Maker maker) throws IOException, InfrastructureException {
        try {
            resize(entry, bytes);
            Files.createDirectory(entry.directory);
            maker.make(entry.directory);
            resize(entry, sizeOf(entry.directory));
            entry.made = true;
        } finally {
            if (!entry.made) {
                resize(entry, 0);
                FileSystemUtils.deleteRecursively(entry.directory);
            }
        }
    }

    private synchronized void resize(Entry entry, long bytes) throws IOException {
        size += bytes - entry.size;
        entry.size = bytes;
        evict();
    }

    private synchronized void letGo(Entry entry) {
        entry.holders--;
        if (entry.holders == 0 && !entry.made) {
            entries.remove(entry.key, entry);
        }
        try {
            evict();
        } catch (IOException e) {
            log.warn("cannot make room in {}: {}", directory, e.toString());
        }
    }

    private void evict() throws IOException {
        for (Iterator<Entry> oldest = entries.values().iterator(); size > limit && oldest.hasNext(); ) {
            Entry entry = oldest.next();
            if (entry.holders == 0) {
                oldest.remove();
                size -= entry.size;
                FileSystemUtils.deleteRecursively(entry.directory);
            }
        }
    }

    /** Bytes on the disk now, and those for which room was made. */
    synchronized long size() {
        return size;
    }

    @Override
    public void close() {
        try {
            FileSystemUtils.deleteRecursively(directory);
            lockFile.close();
        } catch (IOException e) {
            log.warn("cannot take away {}: {}", directory, e.toString());
        }
    }

    private static void sweep(Path parent) throws IOException {
        List<Path> directories;
        try (Stream<Path> entries = Files.list(parent)) {
            directories = new ArrayList<>(entries.toList());
        }
        for (Path directory : directories) {
            if (!Files.exists(directory.resolve(LOCK))) {
                continue; // just being made
            }
            try (FileChannel file = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                    FileLock lock = file.tryLock()) {
                if (lock != null) {
                    FileSystemUtils.deleteRecursively(directory);
                }
            } catch (OverlappingFileLockException e) {
                continue; // another of this very process
            } catch (java.nio.file.NoSuchFileException e) {
                continue; // just being taken away
            }
        }
    }

    private static long sizeOf(Path root) throws IOException {
        long sum = 0;
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
        }
        return sum;
    }
}
