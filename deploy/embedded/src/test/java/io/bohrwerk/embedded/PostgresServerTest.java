package io.bohrwerk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    Path directory;

    @Test
    void keepsItsDataOverARestart() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(run(server, "create table kept (word text); insert into kept values ('drill'); select 'made'"))
                    .isEqualTo("made");
            assertThat(run(server, "show fsync")).isEqualTo("on");
            assertThat(run(server, "show synchronous_commit")).isEqualTo("on");
            assertThat(run(server, "show listen_addresses")).isEqualTo("127.0.0.1");
        }
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(run(server, "select word from kept")).isEqualTo("drill");
        }
    }

    @Test
    void startsWhereAStaleFileHoldsTheNumberOfAnotherProcess() throws Exception {
        PostgresServer.start(directory, 0).close();
        Files.writeString(
                directory.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + directory.resolve("data") + "\n");
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThat(run(server, "select 'alive'")).isEqualTo("alive");
        }
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    @Test
    void refusesADirectoryThatIsInUseAndAPortThatIsTaken() throws Exception {
        try (PostgresServer server = PostgresServer.start(directory, 0)) {
            assertThatThrownBy(() -> PostgresServer.start(directory, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> PostgresServer.start(directory.resolve("other"), server.port()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port " + server.port() + " on 127.0.0.1 is taken");
            assertThat(run(server, "select 'alive'")).isEqualTo("alive");
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
