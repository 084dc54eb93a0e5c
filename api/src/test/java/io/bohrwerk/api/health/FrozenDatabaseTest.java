package io.bohrwerk.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Servers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** PostgreSQL under SIGSTOP: connections stay open, and nothing answers. */
@ApiTest
class FrozenDatabaseTest {
    /** More than the server has threads. */
    private static final int WAITING = 150;

    @LocalServerPort
    private int port;

    @Test
    void readinessAnswersWithinASecondWhateverElseWaits() throws Exception {
        Http http = new Http(port);
        assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(200);
        HttpClient crowd = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<Void>>> waiting = new ArrayList<>();
        Servers.freezeDatabase(true);
        try {
            for (int i = 0; i < WAITING; i++) {
                waiting.add(crowd.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/jobs"))
                                .timeout(Duration.ofMinutes(2))
                                .build(),
                        HttpResponse.BodyHandlers.discarding()));
            }
            Thread.sleep(1_000);
            for (int i = 0; i < 5; i++) {
                long began = System.nanoTime();
                // With a token, too: nobody asks the database whose it is.
                Http.Answer answer =
                        http.get("/actuator/health/readiness", "Authorization", "Bearer bw_" + "x".repeat(43));
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.json().get("status").asString()).isEqualTo("DOWN");
                assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
            }
            long refused = waiting.stream()
                    .filter(request -> request.isDone() && request.join().statusCode() == 503)
                    .count();
            assertThat(refused).isGreaterThanOrEqualTo(WAITING - 64);
        } finally {
            Servers.freezeDatabase(false);
        }
        for (CompletableFuture<HttpResponse<Void>> request : waiting) {
            assertThat(request.join().statusCode()).isIn(200, 503);
        }
        assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(200);
    }
}
