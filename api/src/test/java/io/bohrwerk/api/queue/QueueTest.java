package io.bohrwerk.api.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.ReportSeal;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;

/** The whole way over a real broker: a job's batches out, a worker's reports and heartbeats in. */
@ApiTest
class QueueTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @LocalServerPort
    private int port;

    @Value("${spring.kafka.bootstrap-servers}")
    private String bootstrapServers = "";

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private JdbcClient database;

    @Autowired
    private AttemptSecrets secrets;

    @Test
    void aWorkerWorksThroughAJobAndPoisonBlocksNobody() throws Exception {
        Http http = new Http(port);
        String target = http.upload("/api/v1/targets", Samples.target("queue"))
                .json()
                .get("id")
                .asString();
        String job = http.post(
                        "/api/v1/jobs",
                        "{\"target\": \"" + target + "\", \"strategy\": \"random\", \"iterations\": 45}")
                .json()
                .get("id")
                .asString();
        UUID jobId = UUID.fromString(job);
        // To every partition, so that poison is in the way of what follows.
        for (int partition = 0; partition < 4; partition++) {
            kafka.send(Topics.REPORTS, partition, "k", "no JSON".getBytes(StandardCharsets.UTF_8))
                    .get();
            kafka.send(Topics.REPORTS, partition, "k", Wire.write(Samples.passed(jobId, UUID.randomUUID(), 1, 1)))
                    .get();
        }
        Set<UUID> worked = new HashSet<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        "worker-of-" + job,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.BATCHES));
            while (!state(http, job).equals("COMPLETED") && System.nanoTime() < end) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(100))) {
                    // other tests' replays and traces lie there as well
                    if (!Work.kindOf(message.value()).equals(BatchRequest.KIND)) {
                        continue;
                    }
                    BatchRequest request = Wire.read(message.value(), BatchRequest.class);
                    if (request.jobId().equals(jobId)) {
                        assertThat(message.key()).isEqualTo(job);
                        assertThat(request.target().hex()).isEqualTo(target);
                        boolean lie = worked.isEmpty();
                        worked.add(request.batchId());
                        if (lie) { // refused, and the attempt ends with that: another one comes at once
                            kafka.send(
                                            Topics.REPORTS,
                                            job,
                                            Wire.write(Samples.passed(
                                                    jobId, request.batchId(), request.attempt(), 1_000_000)))
                                    .get();
                            continue;
                        }
                        byte[] report = Wire.write(
                                Samples.passed(jobId, request.batchId(), request.attempt(), request.iterations()));
                        kafka.send(Topics.REPORTS, job, report).get();
                        kafka.send(Topics.REPORTS, job, report).get();
                    }
                }
            }
        }
        JsonNode view = http.get("/api/v1/jobs/" + job).json();
        assertThat(view.get("state").asString()).isEqualTo("COMPLETED");
        assertThat(view.get("iterations").asInt()).isEqualTo(45);
        assertThat(view.get("batches").get("completed").asInt()).isEqualTo(5);
        assertThat(worked).hasSize(5);
        assertThat(database.sql(
                                "select message from infrastructure_troubles where message like 'its report was refused%'")
                        .query(String.class)
                        .list())
                .singleElement()
                .asString()
                .contains("result.iterations");
        // Each partition has a reader of its own: the job may be through before the last of them.
        while (deadReports() < 9 && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(deadReports()).isEqualTo(9);
        assertThat(database.sql("select error from dead_letters order by id limit 1")
                        .query(String.class)
                        .single())
                .contains("well-formed");
    }

    /** Three thousand held up a job for half a minute and were worked off two a second; some of these are even well-formed. */
    @Test
    void garbageIsWorkedOffAtTheTopicsSpeed() throws Exception {
        long before = deadReports();
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            byte[] garbage = i % 2 == 0
                    ? "no JSON".getBytes(StandardCharsets.UTF_8)
                    : Wire.write(Samples.passed(UUID.randomUUID(), UUID.randomUUID(), 1, 1));
            sent.add(kafka.send(Topics.REPORTS, i % 4, "k", garbage));
        }
        for (Future<?> each : sent) {
            each.get();
        }
        long began = System.nanoTime();
        long end = began + PATIENCE.toNanos();
        while (deadReports() < before + 3_000 && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(deadReports()).isEqualTo(before + 3_000);
        System.out.println("3,000 malformed reports worked off in "
                + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
        database.sql("delete from dead_letters where topic = ?")
                .param(Topics.REPORTS)
                .update();
    }

    /** Who can write reports, but was not sent the work, or was sent other work, invents nothing. */
    @Test
    void aReportByWhoWasNotSentTheWorkIsRefused() throws Exception {
        Http http = new Http(port);
        String target = http.upload("/api/v1/targets", Samples.target("queue-forged"))
                .json()
                .get("id")
                .asString();
        String job = http.post(
                        "/api/v1/jobs",
                        "{\"target\": \"" + target + "\", \"strategy\": \"random\", \"iterations\": 10}")
                .json()
                .get("id")
                .asString();
        UUID jobId = UUID.fromString(job);
        UUID batch = database.sql("select id from batches where job_id = ? limit 1")
                .param(jobId)
                .query(UUID.class)
                .single();
        byte[] report = Wire.write(Samples.passed(jobId, batch, 1, 10));
        byte[] others = secrets.of(BatchRequest.KIND, UUID.randomUUID(), 1);
        byte[] attemptBefore = secrets.of(BatchRequest.KIND, batch, 2);
        long before = deadReports();
        for (byte[] seal : List.of(
                new byte[0], new byte[32], ReportSeal.of(others, report), ReportSeal.of(attemptBefore, report))) {
            ProducerRecord<String, byte[]> forged = new ProducerRecord<>(Topics.REPORTS, job, report);
            forged.headers().add(ReportSeal.HEADER, seal);
            kafka.send(forged).get();
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (deadReports() < before + 4 && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(deadReports()).isEqualTo(before + 4);
        assertThat(http.get("/api/v1/jobs/" + job).json().get("iterations").asInt())
                .isZero();
        database.sql("delete from dead_letters where topic = ?")
                .param(Topics.REPORTS)
                .update();
        kafka.send(Topics.REPORTS, job, report).get();
        while (!state(http, job).equals("COMPLETED") && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(http.get("/api/v1/jobs/" + job).json().get("iterations").asInt())
                .isEqualTo(10);
    }

    private long deadReports() {
        return database.sql("select count(*) from dead_letters where topic = ?")
                .param(Topics.REPORTS)
                .query(Long.class)
                .single();
    }

    private static String state(Http http, String job) throws Exception {
        return http.get("/api/v1/jobs/" + job).json().get("state").asString();
    }

    @Test
    void aHeartbeatMakesAWorkerKnown() throws Exception {
        Http http = new Http(port);
        String id = "worker-" + UUID.randomUUID();
        WorkerHeartbeat heartbeat = new WorkerHeartbeat(
                Wire.VERSION, id, "host", 3, "qemu 7.2", Instant.now(), List.of(), "the disk was full");
        kafka.send(Topics.HEARTBEATS, id, Wire.write(heartbeat)).get();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            for (JsonNode worker : http.get("/api/v1/workers").json().get("items")) {
                if (worker.get("id").asString().equals(id)) {
                    assertThat(worker.get("alive").asBoolean()).isTrue();
                    assertThat(worker.get("slots").asInt()).isEqualTo(3);
                    assertThat(worker.get("lastTrouble").asString()).isEqualTo("the disk was full");
                    database.sql("delete from workers where id = ?").param(id).update();
                    return;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the worker did not become known");
    }

    @Test
    void whatWasAcknowledgedIsNoLongerInTheOutbox() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (database.sql("select count(*) from outbox where due_at <= now()")
                        .query(Long.class)
                        .single()
                > 0) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(50);
        }
    }
}
