package io.bohrwerk.api.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.worker.SnapshotCounts;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
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

    private double snapshots(String result) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ClusterMetrics(database, fleet).bindTo(registry);
        return registry.get("bohrwerk.snapshots")
                .tag("result", result)
                .functionCounter()
                .count();
    }

    private void hear(String worker, SnapshotCounts counts) {
        fleet.hear(new WorkerHeartbeat(
                Wire.VERSION, worker, "host", 1, "qemu", Instant.now(), List.of(), null, null, counts));
    }

    @Test
    void whatCachesDidIsCountedOnThroughTheRestartsOfWorkers() {
        double before = snapshots("hit");
        double made = snapshots("made");
        String worker = "worker-" + UUID.randomUUID();
        hear(worker, new SnapshotCounts(5, 1, 1, 100));
        hear(worker, new SnapshotCounts(7, 1, 1, 100));
        assertThat(snapshots("hit")).isEqualTo(before + 7);
        hear(worker, new SnapshotCounts(2, 0, 3, 50));
        assertThat(snapshots("hit")).as("another process of the same name").isEqualTo(before + 9);
        assertThat(snapshots("made")).isEqualTo(made + 4);
        database.sql("delete from workers where id = ?").param(worker).update();
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
                        "bohrwerk_snapshots_total{result=\"hit\"}",
                        "bohrwerk_cache_bytes ",
                        "jvm_memory_used_bytes");
    }
}
