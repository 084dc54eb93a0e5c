package io.bohrwerk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    Path directory;

    @Test
    void keepsItsDataOverARestart() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(run(server, "create table kept (word text); insert into kept values ('drill'); select 'made'"))
                    .isEqualTo("made");
            assertThat(run(server, "show fsync")).isEqualTo("on");
            assertThat(run(server, "show synchronous_commit")).isEqualTo("on");
            assertThat(run(server, "show listen_addresses")).isEmpty();
        }
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(run(server, "select word from kept")).isEqualTo("drill");
        }
    }

    @Test
    void startsWhereAStaleFileHoldsTheNumberOfAnotherProcess() throws Exception {
        PostgresServer.start(directory).close();
        Files.writeString(
                directory.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + directory.resolve("data") + "\n");
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThat(run(server, "select 'alive'")).isEqualTo("alive");
        }
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    @Test
    void refusesADirectoryThatIsInUse() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            assertThatThrownBy(() -> PostgresServer.start(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            assertThat(run(server, "select 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void saysAtOnceWhatIsWrongWithADamagedDirectory() throws Exception {
        PostgresServer.start(directory).close();
        Files.write(directory.resolve("data/global/pg_control"), new byte[8192]);
        long began = System.nanoTime();
        assertThatThrownBy(() -> PostgresServer.start(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PostgreSQL does not start in")
                .hasMessageContaining("database files are incompatible with server")
                .hasMessageContaining("postgres.log");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        Files.delete(directory.resolve("data/PG_VERSION"));
        assertThatThrownBy(() -> PostgresServer.start(directory))
                .hasMessageContaining("is damaged: it has files and no PG_VERSION");
        Files.writeString(directory.resolve("data/PG_VERSION"), "17\n");
        assertThatThrownBy(() -> PostgresServer.start(directory)).hasMessageContaining("was made by PostgreSQL 17");
        Path longPath = directory.resolve("x".repeat(100));
        assertThatThrownBy(() -> PostgresServer.start(longPath))
                .hasMessageContaining("bytes too long for a Unix socket");
    }

    @Test
    void isStartedAgainWhenItIsKilled() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (PostgresServer server = PostgresServer.start(directory, told::add)) {
            run(server, "create table kept (word text); insert into kept values ('drill'); select 'made'");
            ProcessHandle killed = PostgresServer.process(directory).orElseThrow();
            killed.destroyForcibly();
            assertThat(told.poll(5, TimeUnit.SECONDS))
                    .isEqualTo("PostgreSQL ended by itself (signal 9); starting it again");
            assertThat(told.poll(30, TimeUnit.SECONDS)).startsWith("PostgreSQL answers again");
            assertThat(run(server, "select word from kept")).isEqualTo("drill");
            assertThat(PostgresServer.process(directory).orElseThrow().pid()).isNotEqualTo(killed.pid());
        }
        assertThat(PostgresServer.process(directory)).isEmpty();
    }

    /** What a server is waited for is given up in time, and an interrupt is kept for later. */
    @Test
    void connectionsHaveTimeoutsAndOutliveInterrupts() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory);
                Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            Thread.currentThread().interrupt();
            statement.execute("select pg_sleep(0.2)");
            assertThat(Thread.interrupted()).isTrue();
            connection.setNetworkTimeout(Runnable::run, 300);
            long began = System.nanoTime();
            assertThatThrownBy(() -> statement.execute("select pg_sleep(30)")).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            String big = "x".repeat(3_000_000);
            try (Connection other = DriverManager.getConnection(server.jdbcUrl());
                    PreparedStatement echo = other.prepareStatement("select ?")) {
                echo.setString(1, big);
                try (ResultSet result = echo.executeQuery()) {
                    result.next();
                    assertThat(result.getString(1)).isEqualTo(big);
                }
            }
        }
    }

    static String run(PostgresServer server, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (!rows) {
                rows = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return result.getString(1);
            }
        }
    }
}
