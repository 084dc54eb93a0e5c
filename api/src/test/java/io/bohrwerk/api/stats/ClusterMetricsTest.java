package io.bohrwerk.api.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.worker.Fleet;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@ApiTest
class ClusterMetricsTest {
    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    @Autowired
    private Fleet fleet;

    private double deadLetters() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ClusterMetrics(database, fleet).bindTo(registry);
        return registry.get("bohrwerk.dead.letters").gauge().value();
    }

    @Test
    void theDatabasesNumbersAreTold() {
        double before = deadLetters();
        String topic = "metrics-" + UUID.randomUUID();
        database.sql("insert into dead_letters (topic, partition, kafka_offset, error) values (?, 0, 0, 'oops')")
                .param(topic)
                .update();
        assertThat(deadLetters()).isEqualTo(before + 1);
        database.sql("delete from dead_letters where topic = ?").param(topic).update();
    }

    @Test
    void theNamesAreThoseOfPrometheus() throws Exception {
        Http.Answer answer = new Http(port).get("/actuator/prometheus");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .contains(
                        "bohrwerk_iterations_total ",
                        "bohrwerk_batches_total{result=\"lost\"}",
                        "bohrwerk_failures_total{outcome=\"panicked\"}",
                        "bohrwerk_replays_total{verdict=\"verified\"}",
                        "bohrwerk_infrastructure_errors_total{kind=\"undeliverable\"}",
                        "bohrwerk_queue_age_seconds ",
                        "bohrwerk_slots ",
                        "jvm_memory_used_bytes");
    }
}
