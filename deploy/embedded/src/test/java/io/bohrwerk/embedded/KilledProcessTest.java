package io.bohrwerk.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the process that holds the servers. */
@Timeout(180)
class KilledProcessTest {
    @TempDir
    Path directory;

    @Test
    void leavesNoServerAndADirectoryThatStartsAgain() throws Exception {
        Process holder = hold();
        String pid = Files.readAllLines(directory.resolve("postgres/data/postmaster.pid"))
                .get(0)
                .strip();
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        holder.destroyForcibly().waitFor();
        assertThat(server.onExit()).as("the end of PostgreSQL").succeedsWithin(Duration.ofSeconds(10));
        startAgain();
    }

    /** The old server is still stopping, or has not even begun to. */
    @Test
    void startsAgainAtOnce() throws Exception {
        hold().destroyForcibly().waitFor();
        startAgain();
    }

    private void startAgain() throws Exception {
        try (PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"));
                KafkaBroker kafka = KafkaBroker.start(directory.resolve("kafka"), 0)) {
            assertThat(PostgresServerTest.run(postgres, "select 'alive'")).isEqualTo("alive");
            assertThat(List.of(kafka.port())).doesNotContain(0);
        }
    }

    /** A process that has both servers running. */
    private Process hold() throws Exception {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Servers.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = holder.inputReader();
        assertThat(said.lines().anyMatch(line -> line.startsWith("ready "))).isTrue();
        return holder;
    }
}
