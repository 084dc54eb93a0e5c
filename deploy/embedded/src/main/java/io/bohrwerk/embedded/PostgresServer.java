package io.bohrwerk.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * takes too long, at once. It must outlive a terminal's ctrl-C, which goes to the whole group.
     */
    private static final String WATCHDOG = """
            trap '' INT TERM HUP
            read -r _
            kill -INT "$1" 2>/dev/null
            for second in 1 2 3 4 5 6 7 8; do
              kill -0 "$1" 2>/dev/null || exit 0
              sleep 1
            done
            kill -QUIT "$1" 2>/dev/null
            """;

    private final EmbeddedPostgres postgres;
    private final Process watchdog;

    private PostgresServer(EmbeddedPostgres postgres, Process watchdog) {
        this.postgres = postgres;
        this.watchdog = watchdog;
    }

    /**
     * Starts a server, making the database when there is none yet. A server that a killed process has left in the same directory is
     * stopped first.
     *
     * @param directory for data, binaries and the server's log; made when missing
     * @param port 0 for any free one
     */
    public static PostgresServer start(Path directory, int port) throws IOException {
        Path data = directory.resolve("data");
        Files.createDirectories(directory);
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
            Process watchdog = new ProcessBuilder(
                            List.of("/bin/sh", "-c", WATCHDOG, "postgres-watchdog", Long.toString(pid)))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return new PostgresServer(postgres, watchdog);
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
        try {
            postgres.close();
        } finally {
            watchdog.destroyForcibly();
        }
    }

    /** The server whose number stands in the directory's {@code postmaster.pid}, if it is alive and is one. */
    private static Optional<ProcessHandle> runningIn(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                .filter(process -> process.info().command().orElse("").contains("postgres"));
    }

    private static void stopLeftOver(Path data) throws IOException {
        Optional<ProcessHandle> leftOver = runningIn(data);
        if (leftOver.isEmpty()) {
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
