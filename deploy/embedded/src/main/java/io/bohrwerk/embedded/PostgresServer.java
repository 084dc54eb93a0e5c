package io.bohrwerk.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server on loopback, with its data in a directory that outlives it. It stops with this process, however that ends.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    /** Recovery after a crash reads the write-ahead log, of which a small server has little. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
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

    private final EmbeddedPostgres postgres;
    private final Process watchdog;
    private final FileChannel lock;

    private PostgresServer(EmbeddedPostgres postgres, Process watchdog, FileChannel lock) {
        this.postgres = postgres;
        this.watchdog = watchdog;
        this.lock = lock;
    }

    /**
     * Starts a server, making the database when there is none yet. A server that a killed process has left in the same directory is
     * stopped first.
     *
     * @param directory for data, binaries and the server's log; made when missing
     * @param port 0 for any free one
     * @throws IOException when the server does not start, the port is taken, or a living process holds the directory
     */
    public static PostgresServer start(Path directory, int port) throws IOException {
        Files.createDirectories(directory);
        FileChannel lock = lock(directory.resolve("lock"));
        try {
            return start(directory.toRealPath(), port, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Tells a server that was left behind from one that another process is using. */
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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

    private static PostgresServer start(Path directory, int port, FileChannel lock) throws IOException {
        Path data = directory.resolve("data");
        stopLeftOver(data);
        Redirect log = Redirect.appendTo(directory.resolve("postgres.log").toFile());
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
                .setPort(FreePort.orAny(port))
                .setServerConfig("listen_addresses", "127.0.0.1")
                // The library turns both off, which suits a test and loses data otherwise.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                .setPGStartupWait(START_LIMIT)
                .setRegisterShutdownHook(false)
                .start();
        try {
            long pid = runningIn(data)
                    .orElseThrow(() -> new IOException("PostgreSQL left no process number in " + data))
                    .pid();
            Process watchdog = new ProcessBuilder(List.of(
                            "/bin/sh", "-c", WATCHDOG, "postgres-watchdog", Long.toString(pid), data.toString()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return new PostgresServer(postgres, watchdog, lock);
        } catch (IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** For {@code spring.datasource.url}; the user is {@code postgres} and needs no password from loopback. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=postgres";
    }

    public int port() {
        return postgres.getPort();
    }

    /** Stops the server in an orderly way. */
    @Override
    public void close() throws IOException {
        try (lock) {
            postgres.close();
        } finally {
            watchdog.destroyForcibly();
        }
    }

    /**
     * The server whose number stands in the directory's {@code postmaster.pid}, if it is alive and serves this directory, in which it
     * then works. In a container numbers are small and soon given to others.
     */
    private static Optional<ProcessHandle> runningIn(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).strip().matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(process -> serves(process, data));
    }

    private static boolean serves(ProcessHandle process, Path data) {
        try {
            Path worksIn = Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
            return worksIn.equals(data);
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
        signal("-INT", leftOver.get());
        if (!ended(leftOver.get())) {
            signal("-QUIT", leftOver.get());
            if (!ended(leftOver.get())) {
                throw new IOException(
                        "PostgreSQL (process " + leftOver.get().pid() + ") in " + data + " does not stop");
            }
        }
    }

    private static void signal(String signal, ProcessHandle process) throws IOException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .start()
                .onExit()
                .join();
    }

    private static boolean ended(ProcessHandle process) {
        return process.onExit()
                .thenApply(ended -> true)
                .completeOnTimeout(false, STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
