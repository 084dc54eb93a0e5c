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
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Servers.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = holder.inputReader()) {
            assertThat(said.lines().anyMatch(line -> line.startsWith("ready "))).isTrue();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        Path pidFile = directory.resolve("postgres/data/postmaster.pid");
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (Files.exists(pidFile) && System.nanoTime() < end) {
            Thread.sleep(100);
        }
        assertThat(pidFile).as("the server's own sign that it runs").doesNotExist();
        try (PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"), 0);
                KafkaBroker kafka = KafkaBroker.start(directory.resolve("kafka"), 0)) {
            assertThat(PostgresServerTest.run(postgres, "select 'alive'")).isEqualTo("alive");
            assertThat(List.of(kafka.port())).doesNotContain(0);
        }
    }
}
