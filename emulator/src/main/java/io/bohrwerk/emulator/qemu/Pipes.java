package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** FIFOs to which an emulator writes, each read by a thread of its own. */
public final class Pipes {
    /** Once the process is gone its FIFOs end at once; only a full disk under a reader could hold them up. */
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);

    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long MKFIFO_SECONDS = 30;

    private final Path directory;
    private final List<Thread> readers = new ArrayList<>();
    private volatile @Nullable IOException failure;

    private Pipes(Path directory) {
        this.directory = directory;
    }

    /** Takes what is written to a FIFO, until its end. */
    @FunctionalInterface
    public interface Sink {
        void readAll(InputStream in) throws IOException;
    }

    /** Makes FIFOs, in place of files of these names. */
    public static void make(Path directory, Collection<String> names) throws IOException {
        if (names.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("mkfifo", "-m", "600", "--"));
        for (String name : names) {
            Files.deleteIfExists(directory.resolve(name));
            command.add(name);
        }
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            if (!process.waitFor(MKFIFO_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("mkfifo did not end within " + MKFIFO_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making FIFOs", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Makes a FIFO for each sink and begins to read. */
    static Pipes read(Path directory, Map<String, Sink> sinks) throws IOException {
        make(directory, sinks.keySet());
        Pipes pipes = new Pipes(directory);
        sinks.forEach(pipes::read);
        return pipes;
    }

    private void read(String name, Sink sink) {
        Thread thread = new Thread(
                () -> {
                    try (InputStream in = Files.newInputStream(directory.resolve(name))) {
                        try {
                            sink.readAll(in);
                        } catch (IOException e) {
                            failure = e;
                            in.transferTo(OutputStream.nullOutputStream()); // never block the emulator
                        }
                    } catch (IOException e) {
                        failure = e;
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        readers.add(thread);
    }

    /** Waits until what an emulator has written that is gone is read to its end. */
    void drain() throws IOException, InterruptedException, TimeoutException {
        if (!awaitReaders(DRAIN_LIMIT)) {
            throw new TimeoutException(
                    "the consoles were not read to their end within " + DRAIN_LIMIT.toSeconds() + " s");
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Ends the readers of an emulator that is gone, or was never there. */
    void release() {
        try {
            awaitReaders(RELEASE_LIMIT);
        } catch (IOException e) {
            failure = e; // nobody asks any more; the FIFOs go with their directory
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitReaders(Duration limit) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(limit);
        for (Thread reader : readers) {
            do {
                openOnce(reader.getName());
                reader.join(POLL.toMillis());
            } while (reader.isAlive() && !deadline.passed());
            if (reader.isAlive()) {
                return false;
            }
        }
        return true;
    }

    /** A reader whose writer died before it opened the FIFO would wait forever. Opening it for both lets it go, and blocks nobody. */
    private void openOnce(String name) throws IOException {
        FileChannel.open(
                        directory.resolve(name),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS)
                .close();
    }
}
