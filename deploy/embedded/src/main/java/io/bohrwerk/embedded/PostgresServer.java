package io.bohrwerk.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server behind a Unix socket that no other user reaches, with its data in a directory that outlives it. It never runs as
 * root. It is started again when it ends by itself, and stops with this process, however that ends.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    /** Recovery after a crash reads the write-ahead log, of which a small server has little. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** From then on errors in the log of a start that goes on are told of. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(3);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
    /** Between two attempts to start it again: at first soon, since the processes of a killed server need a moment to end. */
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5));

    private static final int POLL_MILLIS = 10;
    /** The line of {@code postmaster.pid} in which the server says that it is ready. */
    private static final int STATUS_LINE = 7;

    private static final int LONGEST_NOTE = 4_096;
    /**
     * Waits until whoever holds the other end of its standard input is gone, then stops the server as pg_ctl would: fast, and if that
     * takes too long, at once. It must outlive a terminal's ctrl-C, which goes to the whole group. A server that has stopped before
     * leaves no file, and its number may be another process's by now.
     */
    private static final String WATCHDOG = """
            trap '' INT TERM HUP
            read -r _
            [ "$(head -n 1 "$2/postmaster.pid" 2>/dev/null)" = "$1" ] || exit 0
            kill -INT "$1" 2>/dev/null
            for second in 1 2 3 4 5 6 7 8; do
              kill -0 "$1" 2>/dev/null || exit 0
              sleep 1
            done
            kill -QUIT "$1" 2>/dev/null
            """;

    private final PostgresDirectory directory;
    private final FileChannel lock;
    private final Consumer<String> told;
    private Process server;
    private Process watchdog;
    private boolean closed;

    private PostgresServer(PostgresDirectory directory, FileChannel lock, Consumer<String> told) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.told = told;
        stopLeftOver(directory.data());
        this.server = launch();
        this.watchdog = watch(server);
        server.onExit().thenRunAsync(this::fallen);
    }

    /** As {@link #start(Path, Consumer)}, with what happens to the server told to the log alone. */
    public static PostgresServer start(Path directory) throws IOException {
        return start(directory, LOG::warn);
    }

    /**
     * Starts a server, making the database when there is none yet. A server that a killed process has left in the same directory is
     * stopped first. A database that an earlier version made is taken over.
     *
     * @param directory for data, programs and the server's log; made when missing, closed to others
     * @param told when the server ends by itself, and what became of that
     * @throws IOException when the server does not start, with its own words, or a living process holds the directory
     */
    public static PostgresServer start(Path directory, Consumer<String> told) throws IOException {
        Trees.makePrivate(directory);
        FileChannel lock = lock(directory.resolve("lock"));
        try {
            Path real = directory.toRealPath();
            stopLeftOver(real.resolve("data"));
            return new PostgresServer(PostgresDirectory.open(real), lock, told);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Tells a server that was left behind from one that another process is using. */
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
        }
        channel.close();
        throw new IOException(file.getParent() + " is in use by another PostgreSQL of Bohrwerk");
    }

    /** For {@code spring.datasource.url} of this or another process of the same user: all there is to it, and no secret. */
    public String jdbcUrl() {
        return jdbcUrl(directory.path());
    }

    /** The same, of a server in that directory, started or not. */
    public static String jdbcUrl(Path directory) {
        return PostgresDirectory.jdbcUrl(directory);
    }

    /** Whether the server in that directory takes connections. */
    public static boolean answers(Path directory) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl(directory))) {
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** The number of the server's process, if one runs in the directory. */
    public static Optional<ProcessHandle> process(Path directory) throws IOException {
        return runningIn(directory.resolve("data"));
    }

    /** Starts it, and returns when it takes connections. */
    private Process launch() throws IOException {
        long before = Files.size(directory.log());
        long silence = System.nanoTime() + SILENCE_LIMIT.toNanos();
        String last = "";
        Process process = directory.launch();
        try {
            for (long end = System.nanoTime() + START_LIMIT.toNanos(); System.nanoTime() < end; ) {
                if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("PostgreSQL does not start in " + directory.data() + directory.said(before)
                            + "; its log: " + directory.log());
                }
                if (isReady(process)) {
                    return process;
                }
                if (System.nanoTime() > silence && !directory.said(before).equals(last)) {
                    last = directory.said(before);
                    told.accept("PostgreSQL is not ready yet in " + directory.data() + last + "; waiting up to "
                            + START_LIMIT.toSeconds() + " s; its log: " + directory.log());
                }
            }
            throw new IOException("PostgreSQL does not get ready in " + directory.data() + " within "
                    + START_LIMIT.toSeconds() + " s" + directory.said(before) + "; its log: " + directory.log());
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL was starting", e);
        }
    }

    private boolean isReady(Process process) throws IOException {
        List<String> note = note(directory.data());
        return note.size() > STATUS_LINE
                && note.get(0).strip().equals(Long.toString(process.pid()))
                && note.get(STATUS_LINE).strip().equals("ready");
    }

    private Process watch(Process process) throws IOException {
        return new ProcessBuilder(List.of(
                        "/bin/sh",
                        "-c",
                        WATCHDOG,
                        "postgres-watchdog",
                        Long.toString(process.pid()),
                        directory.data().toString()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /** Starts it again until that succeeds or {@link #close} is called. */
    private void fallen() {
        long fell = System.nanoTime();
        boolean toldWhy = false;
        for (int attempt = 0; ; attempt++) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                if (attempt == 0) {
                    told.accept("PostgreSQL ended by itself (" + ending(server.exitValue()) + "); starting it again");
                }
                try {
                    watchdog.destroyForcibly();
                    stopLeftOver(directory.data());
                    server = launch();
                    watchdog = watch(server);
                    server.onExit().thenRunAsync(this::fallen);
                    told.accept("PostgreSQL answers again, after "
                            + Duration.ofNanos(System.nanoTime() - fell).toMillis() + " ms");
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("PostgreSQL does not start again", e);
                    if (attempt >= PAUSES.size() - 1 && !toldWhy) {
                        toldWhy = true;
                        told.accept(e.getMessage() + "; trying on every "
                                + PAUSES.get(PAUSES.size() - 1).toSeconds() + " s");
                    }
                }
            }
            try {
                Thread.sleep(PAUSES.get(Math.min(attempt, PAUSES.size() - 1)).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** @param status as shells have it: above 128 a signal's number */
    private static String ending(int status) {
        return status > 128 ? "signal " + (status - 128) : "exit status " + status;
    }

    /** Stops the server in an orderly way. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
        }
        try (lock) {
            stop(server.toHandle());
        } finally {
            watchdog.destroyForcibly();
        }
    }

    /**
     * The server whose number stands in the directory's {@code postmaster.pid}, if it is alive and serves this directory, in which it
     * then works. In a container numbers are small and soon given to others.
     */
    static Optional<ProcessHandle> runningIn(Path data) throws IOException {
        List<String> note = note(data);
        if (note.isEmpty() || !note.get(0).strip().matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(note.get(0).strip())).filter(process -> serves(process, data));
    }

    /** The lines of {@code postmaster.pid}, which another user may have written: no link is followed, and little is read. */
    private static List<String> note(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer bytes = ByteBuffer.allocate(LONGEST_NOTE);
            channel.read(bytes);
            bytes.flip();
            return StandardCharsets.ISO_8859_1.decode(bytes).toString().lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static boolean serves(ProcessHandle process, Path data) {
        try {
            // The same directory, though it may see it under another name.
            return Files.isSameFile(Path.of("/proc", Long.toString(process.pid()), "cwd"), data);
        } catch (IOException e) {
            // Ended in between, or somebody else's.
            return false;
        }
    }

    private static void stopLeftOver(Path data) throws IOException {
        Optional<ProcessHandle> leftOver = runningIn(data);
        if (leftOver.isEmpty()) {
            // PostgreSQL would not start while any process has the number in a stale file.
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            return;
        }
        LOG.info("Stopping a PostgreSQL server that is still running in {}", data);
        stop(leftOver.get());
    }

    private static void stop(ProcessHandle process) throws IOException {
        signal("-INT", process);
        if (ended(process, STOP_LIMIT)) {
            return;
        }
        signal("-QUIT", process);
        if (ended(process, KILL_LIMIT)) {
            return;
        }
        process.destroyForcibly();
        if (!ended(process, KILL_LIMIT)) {
            throw new IOException("PostgreSQL (process " + process.pid() + ") does not stop");
        }
    }

    private static void signal(String signal, ProcessHandle process) throws IOException {
        if (process.isAlive()) {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .redirectError(Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join();
        }
    }

    private static boolean ended(ProcessHandle process, Duration limit) {
        return process.onExit()
                .thenApply(ended -> true)
                .completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
