package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.server.ChildServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parts of the all-in-one under SIGSTOP: alive, and silent. */
@Timeout(300)
class HungPartsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration BACK_LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path parent;

    private static ChildServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        server = ChildServer.start(parent.resolve("state"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static JsonNode health(String path) throws Exception {
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(server.url().resolve("/actuator/health" + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return JsonMapper.shared().readTree(answer.body());
    }

    private static void signal(String signal, ProcessHandle part) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", signal, Long.toString(part.pid())));
        part.descendants().forEach(process -> command.add(Long.toString(process.pid())));
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    private static String status(JsonNode health, String component) {
        return health.path("components").path(component).path("status").asString("");
    }

    private static void isTold(ProcessHandle part, String component, String path) throws Exception {
        assertThat(status(health(path), component)).isEqualTo("UP");
        signal("-STOP", part);
        try {
            for (int time = 0; time < 3; time++) {
                long began = System.nanoTime();
                JsonNode health = health(path);
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SECOND);
                assertThat(health.path("status").asString()).isEqualTo("DOWN");
                assertThat(status(health, component)).isEqualTo("DOWN");
                assertThat(health("/liveness").path("status").asString()).isEqualTo("UP");
            }
        } finally {
            signal("-CONT", part);
        }
        long end = System.nanoTime() + BACK_LIMIT.toNanos();
        while (!status(health(path), component).equals("UP")) {
            assertThat(System.nanoTime()).as(component + " does not come back").isLessThan(end);
            Thread.sleep(100);
        }
    }

    @Test
    void aHungDatabaseIsToldWithinASecond() throws Exception {
        isTold(server.postgres().orElseThrow(), "db", "/readiness");
    }

    @Test
    void aHungBrokerIsToldWithinASecond() throws Exception {
        isTold(server.kafka().orElseThrow(), "kafka", "");
    }
}
