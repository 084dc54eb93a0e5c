package io.bohrwerk.api.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.api.work.Sweep;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.protocol.when.WhenCurve;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;

/** Replays from their order to their end, and bundles, of failures whose blobs are made up. */
@ApiTest
class ReplayTest {
    private static final String REPORTER = "w1";

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final long ITERATION = 7;

    @TempDir
    private Path directory;

    @LocalServerPort
    private int port;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private BlobStore blobs;

    @Autowired
    private ReplayIntake intake;

    @Autowired
    private Sweep sweep;

    @Autowired
    private Fleet fleet;

    @Autowired
    private JdbcClient database;

    private Http http;
    private String failure = "";

    @BeforeEach
    void fail() throws Exception {
        http = new Http(port);
        failure = failure(put("{}"), put("recorded"));
    }

    private Digest put(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.of(bytes);
        blobs.put(digest, new ByteArrayInputStream(bytes));
        return digest;
    }

    private String failure(Digest manifest, Digest recording) throws Exception {
        String target = http.upload("/api/v1/targets", Samples.target("replay"))
                .json()
                .get("id")
                .asString();
        JsonNode job = http.post(
                        "/api/v1/jobs",
                        "{\"target\": \"" + target + "\", \"strategy\": \"random\", \"iterations\": 20}")
                .json();
        UUID id = UUID.fromString(job.get("id").asString());
        JsonNode batches = http.get("/api/v1/jobs/" + id + "/batches").json().get("items");
        UUID batch = UUID.fromString(batches.get(0).get("id").asString());
        List<ArtifactReference> artifacts = List.of(
                new ArtifactReference(ArtifactKind.RECORDING, 8, recording),
                new ArtifactReference(ArtifactKind.MANIFEST, 2, manifest));
        kafka.send(
                        Topics.REPORTS,
                        id.toString(),
                        Wire.write(Samples.failed(id, batch, 1, ITERATION, "it failed", artifacts)))
                .get();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            JsonNode found = http.get("/api/v1/jobs/" + id + "/failures").json().get("items");
            if (!found.isEmpty()) {
                return found.get(0).get("id").asString();
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the failure was not taken in");
    }

    private Http.Answer order(String json) throws Exception {
        return http.post("/api/v1/failures/" + failure + "/replay", json);
    }

    private UUID ordered(String json) throws Exception {
        Http.Answer answer = order(json);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        String id = answer.json().get("id").asString();
        assertThat(answer.header("location")).isEqualTo("/api/v1/replays/" + id);
        return UUID.fromString(id);
    }

    private JsonNode replay(UUID id) throws Exception {
        return http.get("/api/v1/replays/" + id).json();
    }

    private ReplayReport report(UUID replay, int attempt, ReplayReport.Result result) {
        Instant now = Instant.now();
        return new ReplayReport(
                Wire.VERSION, replay, UUID.fromString(failure), attempt, REPORTER, now.minusSeconds(2), now, result);
    }

    @Test
    void aReplayIsAskedForAndItsLogIsServed() throws Exception {
        UUID id = ordered("{\"mode\": \"log\", \"logClasses\": [\"int\", \"exec\"],"
                + " \"window\": {\"fromIteration\": 2, \"toIteration\": 7}}");
        JsonNode queued = replay(id);
        assertThat(queued.get("state").asString()).isEqualTo("QUEUED");
        assertThat(queued.get("logClasses").toString()).isEqualTo("[\"int\",\"exec\"]");
        assertThat(queued.get("window").toString()).isEqualTo("{\"fromIteration\":2,\"toIteration\":7}");
        assertThat(queued.get("failureId").asString()).isEqualTo(failure);
        assertThat(http.get("/api/v1/replays/" + id + "/log").status()).isEqualTo(404);

        Digest log = put("the log");
        ReplayReport.Replayed replayed = new ReplayReport.Replayed(
                1,
                1,
                "",
                new ReplayReport.LogCover(1L, 7L, 100, 900, 7, false),
                List.of(new ArtifactReference(ArtifactKind.MERGED_LOG, 7, log)));
        byte[] message = Wire.write(report(id, 1, replayed));
        kafka.send(Topics.reports(ReplayRequest.KIND), failure, message).get();
        kafka.send(Topics.reports(ReplayRequest.KIND), failure, message).get();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!replay(id).get("state").asString().equals("COMPLETED")) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(50);
        }
        JsonNode done = replay(id);
        assertThat(done.get("result").get("verdict").asString()).isEqualTo("1 of 1");
        assertThat(done.get("result").get("log").get("toInstruction").asLong()).isEqualTo(900);
        assertThat(done.get("artifacts").get(0).get("url").asString()).isEqualTo("/api/v1/replays/" + id + "/log");
        assertThat(http.get("/api/v1/replays/" + id + "/log").text()).isEqualTo("the log");
        assertThat(http.get("/api/v1/failures/" + failure + "/log").status())
                .as("the failure's own stays what it was")
                .isEqualTo(404);
        UUID second = ordered("{\"mode\": \"verify\", \"times\": 5}");
        JsonNode page =
                http.get("/api/v1/failures/" + failure + "/replays?limit=1").json();
        assertThat(page.get("items").get(0).get("id").asString()).isEqualTo(second.toString());
        JsonNode rest = http.get("/api/v1/failures/" + failure + "/replays?cursor="
                        + page.get("next").asString())
                .json();
        assertThat(rest.get("items").get(0).get("id").asString()).isEqualTo(id.toString());
        assertThat(http.get("/api/v1/replays/" + failure).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'mode': 'look'} | 400 | mode | must be one of",
                "{} | 400 | mode | is missing",
                "{'mode': 'log', 'logClasses': ['int', 'page']} | 400 | logClasses | must be one of int, exec,",
                "{'mode': 'log', 'logClasses': ['trace:*']} | 400 | logClasses | must be one of int, exec,",
                "{'mode': 'log', 'logClasses': []} | 400 | logClasses | must name at least one",
                "{'mode': 'log', 'window': 'most'} | 400 | window | must be all",
                "{'mode': 'log', 'window': {}} | 400 | window | must be all",
                "{'mode': 'log', 'times': 2} | 400 | times | is not an option of this mode",
                "{'mode': 'verify', 'window': 'all'} | 400 | window | is not an option of this mode",
                "{'mode': 'verify', 'times': 101} | 400 | times | must be between 1 and 100",
                "{'mode': 'log', 'window': {'fromIteration': 5, 'toIteration': 4}} | 422 | window.toIteration | must not be below",
                "{'mode': 'log', 'window': {'fromIteration': 1, 'toIteration': 8}} | 422 | window.toIteration | must be between 1 and 7",
                "{'mode': 'log', 'window': {'fromIteration': 0, 'toIteration': 3}} | 422 | window.fromIteration | must be between 1 and 7",
                "{'mode': 'log', 'window': {'fromIteration': 3}} | 422 | window.toIteration | is missing",
                "{'mode': 'log', 'window': {'margin': 7}} | 422 | window.margin | must be between 0 and 6",
            })
    void anOrderThatCannotBeIsRefusedByName(String json, int status, String field, String rule) throws Exception {
        Http.Answer answer = order(json.replace('\'', '"'));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("field").asString()).isEqualTo(field);
        assertThat(answer.json().get("rule").asString()).contains(rule);
        assertThat(answer.json().has("value")).isTrue();
    }

    @Test
    void aComparisonIsOrderedOnceAndReadBack() throws Exception {
        String path = "/api/v1/failures/" + failure + "/adjacent";
        Http.Answer nobody = http.get(path);
        assertThat(nobody.status()).isEqualTo(404);
        assertThat(nobody.json().get("detail").asString()).contains("POST " + path);
        Http.Answer first = http.post(path, "{}");
        assertThat(first.status()).as(first.text()).isEqualTo(202);
        UUID id = UUID.fromString(first.json().get("id").asString());
        assertThat(http.post(path, "{}").json().get("id").asString())
                .as("one that is under way is enough")
                .isEqualTo(id.toString());
        assertThat(http.get(path).json().get("replay").get("state").asString()).isEqualTo("QUEUED");
        assertThat(http.get(path).json().get("result").isNull()).isTrue();

        String found = Wire.writeText(new Adjacent("fails when vector 0x20 arrives at 0x100212", null, 17, 9000));
        intake.accept(report(
                id,
                1,
                new ReplayReport.Replayed(
                        0,
                        0,
                        "",
                        null,
                        List.of(new ArtifactReference(ArtifactKind.ADJACENT, found.length(), put(found))),
                        "found it")));
        JsonNode view = http.get(path).json();
        assertThat(view.get("replay").get("state").asString()).isEqualTo("COMPLETED");
        assertThat(view.get("replay").get("result").get("summary").asString()).isEqualTo("found it");
        assertThat(view.get("result").get("runs").asInt()).isEqualTo(17);
        assertThat(http.get("/api/v1/replays/" + id + "/adjacent").text()).isEqualTo(found);
        assertThat(http.get("/api/v1/failures/" + failure + "/divergence").status())
                .isEqualTo(404);
        assertThat(http.post(path, "{}").json().get("id").asString()).isNotEqualTo(id.toString());
        assertThat(http.get(path).json().get("result").get("runs").asInt())
                .as("the old result stays until there is a new one")
                .isEqualTo(17);
        assertThat(http.post("/api/v1/failures/" + UUID.randomUUID() + "/divergence", "{}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aWhenCurveIsOrderedWithBoundsAndShownWithIntervals() throws Exception {
        String path = "/api/v1/failures/" + failure + "/when";
        assertThat(http.get(path).json().get("detail").asString()).contains("POST " + path);
        for (String wrong : List.of("{\"points\": 1}", "{\"points\": 31}", "{\"runs\": 0}", "{\"runs\": 101}")) {
            Http.Answer refused = http.post(path, wrong);
            assertThat(refused.status()).as(wrong).isEqualTo(400);
            assertThat(refused.text()).contains("must be between", wrong.substring(2, wrong.indexOf('"', 2)));
        }
        assertThat(order("{\"mode\": \"verify\", \"points\": 4}").status()).isEqualTo(400);
        JsonNode ordered = http.post(path, "{\"points\": 3, \"runs\": 6}").json();
        assertThat(ordered.get("points").asInt()).isEqualTo(3);
        assertThat(ordered.get("times").asInt()).isEqualTo(6);
        UUID id = UUID.fromString(ordered.get("id").asString());
        String found = Wire.writeText(WhenCurve.of(
                9_000,
                ITERATION,
                62_500,
                List.of(
                        new WhenCurve.Point(900, "100fcd", "trap+0xd", 0, 6, 0, 1),
                        new WhenCurve.Point(9, "100040", null, 0, 6, 6, 0)),
                12,
                5_000,
                false));
        intake.accept(report(
                id,
                1,
                new ReplayReport.Replayed(
                        0,
                        0,
                        "",
                        null,
                        List.of(new ArtifactReference(ArtifactKind.WHEN_CURVE, found.length(), put(found))),
                        "found it")));
        JsonNode curve = http.get(path).json().get("result");
        assertThat(curve.get("certainFrom").asLong()).isEqualTo(9);
        assertThat(curve.get("points").get(0).get("others").asInt()).isEqualTo(1);
        JsonNode rate = curve.get("points").get(1).get("rate");
        assertThat(rate.get("perIteration").asDouble()).isEqualTo(1);
        assertThat(rate.get("low").asDouble()).isBetween(0.540, 0.541);
        assertThat(http.get("/api/v1/replays/" + id + "/when").text()).isEqualTo(found);

        JsonNode plain = http.post(path, "").json();
        assertThat(plain.get("points").asInt()).isEqualTo(8);
        assertThat(plain.get("times").asInt()).isEqualTo(20);
    }

    @Test
    void troubleIsTriedAgainUntilItIsInVain() throws Exception {
        UUID id = ordered("{\"mode\": \"verify\"}");
        ReplayReport.Result died = new ReplayReport.Troubled(InfrastructureTrouble.EMULATOR_DIED, "it died");
        for (int attempt = 1; attempt < 5; attempt++) {
            intake.accept(report(id, attempt, died));
            intake.accept(report(id, attempt, died));
            assertThat(replay(id).get("state").asString()).isEqualTo("QUEUED");
            assertThat(replay(id).get("attempt").asInt()).isEqualTo(attempt + 1);
            assertThat(replay(id).get("message").asString()).isEqualTo("EMULATOR_DIED: it died");
        }
        intake.accept(report(id, 5, died));
        assertThat(replay(id).get("state").asString()).isEqualTo("ERROR");
        // Better late than never.
        intake.accept(report(id, 3, new ReplayReport.Replayed(0, 1, "console differs", null, List.of())));
        assertThat(replay(id).get("state").asString()).isEqualTo("COMPLETED");
        assertThat(replay(id).get("result").get("verdict").asString()).isEqualTo("0 of 1");

        UUID gone = ordered("{\"mode\": \"verify\"}");
        intake.accept(report(
                gone,
                1,
                new ReplayReport.Troubled(InfrastructureTrouble.BLOB_MISSING, "the recording is gone or damaged")));
        assertThat(replay(gone).get("state").asString()).isEqualTo("ERROR");
        assertThat(replay(gone).get("message").asString()).contains("the recording is gone");
        assertThatThrownBy(() -> intake.accept(report(UUID.randomUUID(), 1, died)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void anotherEmulatorIsRefusedUnlessSomeWorkerHasIt() throws Exception {
        ReplayReport.Result other = new ReplayReport.OtherEmulator("qemu-x: QEMU 9.0", "qemu-x: QEMU 7.2");
        UUID nobody = ordered("{\"mode\": \"verify\"}");
        intake.accept(report(nobody, 1, other));
        assertThat(replay(nobody).get("state").asString()).isEqualTo("REFUSED");
        assertThat(replay(nobody).get("message").asString()).contains("qemu-x: QEMU 9.0", "qemu-x: QEMU 7.2");

        UUID somebody = ordered("{\"mode\": \"verify\"}");
        String worker = "worker-" + UUID.randomUUID();
        fleet.hear(new WorkerHeartbeat(
                Wire.VERSION,
                worker,
                "host",
                1,
                "qemu-x: QEMU 9.0; qemu-y: QEMU 9.0",
                Instant.now(),
                running(somebody),
                null));
        int handedBack = 9;
        for (int attempt = 1; attempt < handedBack; attempt++) {
            intake.accept(report(somebody, attempt, other));
        }
        database.sql("delete from workers where id = ?").param(worker).update();
        assertThat(replay(somebody).get("state").asString()).isEqualTo("QUEUED");
        assertThat(replay(somebody).get("attempt").asInt()).isEqualTo(handedBack);
    }

    @Test
    void aGuestThatIsTooLargeIsRefusedUnlessSomeWorkerHasRoom() throws Exception {
        ReplayReport.Result tooLarge =
                new ReplayReport.Troubled(InfrastructureTrouble.GUEST_TOO_LARGE, "the guest needs 99 MiB");
        // The reports of these tests come from this worker.
        database.sql("delete from workers").update();
        hear(REPORTER, 64 << 20);
        UUID nobody = ordered("{\"mode\": \"verify\"}");
        intake.accept(report(nobody, 1, tooLarge));
        assertThat(replay(nobody).get("state").asString()).isEqualTo("REFUSED");
        assertThat(replay(nobody).get("message").asString()).contains("99 MiB", "no live worker");
        String roomy = "worker-" + UUID.randomUUID();
        hear(roomy, 1 << 30);
        UUID somebody = ordered("{\"mode\": \"verify\"}");
        intake.accept(report(somebody, 1, tooLarge));
        database.sql("delete from workers where id in (?, ?)")
                .params(roomy, REPORTER)
                .update();
        assertThat(replay(somebody).get("state").asString()).isEqualTo("QUEUED");
        assertThat(replay(somebody).get("attempt").asInt()).isEqualTo(2);
    }

    private void hear(String worker, long largestGuest, UUID... replays) {
        fleet.hear(new WorkerHeartbeat(
                Wire.VERSION, worker, "host", 2, "qemu", Instant.now(), running(replays), null, largestGuest, null));
    }

    private static List<RunningWork> running(UUID... replays) {
        return Stream.of(replays)
                .map(id -> new RunningWork(ReplayRequest.KIND, id, null, 1, 0))
                .toList();
    }

    @Test
    void theWorkersPageShowsWhatReplaysItsMachinesRun() throws Exception {
        UUID id = ordered("{\"mode\": \"verify\"}");
        String worker = "worker-" + UUID.randomUUID();
        hear(worker, 1 << 30, id, UUID.randomUUID());
        JsonNode found = null;
        for (JsonNode each : http.get("/api/v1/workers").json().get("items")) {
            if (each.get("id").asString().equals(worker)) {
                found = each;
            }
        }
        int machines =
                http.get("/api/v1/stats").json().get("workers").get("machines").asInt();
        database.sql("delete from workers where id = ?").param(worker).update();
        Objects.requireNonNull(found);
        assertThat(found.get("replays")).hasSize(1);
        assertThat(found.get("replays").get(0).get("replayId").asString()).isEqualTo(id.toString());
        assertThat(found.get("replays").get(0).get("mode").asString()).isEqualTo("VERIFY");
        assertThat(found.get("running")).isEmpty();
        assertThat(machines).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aHeartbeatShowsThatItRuns() throws Exception {
        UUID id = ordered("{\"mode\": \"checkpoints\"}");
        sweep.heard(new WorkerHeartbeat(
                Wire.VERSION, "w", "host", 1, "qemu", Instant.now(), running(id, UUID.randomUUID()), null));
        assertThat(replay(id).get("state").asString()).isEqualTo("RUNNING");
    }

    /** As a batch is: not while it may wait behind others, and also while machines are busy. */
    @Test
    void aReplayThatTheQueueLostIsQueuedAgain() throws Exception {
        database.sql("delete from workers").update();
        UUID id = ordered("{\"mode\": \"verify\"}");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (database.sql("select exists (select 1 from outbox where work_id = ?)")
                .param(id)
                .query(Boolean.class)
                .single()) {
            assertThat(System.nanoTime()).as("the message is sent").isLessThan(end);
            Thread.sleep(50);
        }
        Instant later = Instant.now().plus(Duration.ofMinutes(16));
        sweep.check(later);
        assertThat(replay(id).get("attempt").asInt()).as("no worker lives").isEqualTo(1);
        String worker = "worker-" + UUID.randomUUID();
        hear(worker, 1 << 30, UUID.randomUUID());
        sweep.check(later);
        assertThat(replay(id).get("attempt").asInt())
                .as("it may wait behind others")
                .isEqualTo(1);
        hear(worker, 1 << 30, id);
        failure(put("{}"), put("recorded"));
        sweep.check(later);
        assertThat(replay(id).get("attempt").asInt()).as("it runs").isEqualTo(1);
        hear(worker, 1 << 30, UUID.randomUUID());
        sweep.check(later);
        database.sql("delete from workers where id = ?").param(worker).update();
        assertThat(replay(id).get("attempt").asInt())
                .as("younger work was done")
                .isEqualTo(2);
        assertThat(replay(id).get("message").asString()).isEqualTo("nothing was heard of it for 900 s");
    }

    @Test
    void theMessageSaysItsKind() throws Exception {
        UUID id = ordered("{\"mode\": \"checkpoints\"}");
        ReplayRequest request = new ReplayRequest(
                Wire.VERSION,
                id,
                UUID.fromString(failure),
                1,
                Digest.of(new byte[1]),
                io.bohrwerk.protocol.batch.ReplayMode.LOG,
                List.of(io.bohrwerk.protocol.batch.LogClass.INT),
                io.bohrwerk.protocol.batch.LogWindow.all(),
                1);
        assertThat(Wire.writeText(request)).contains("\"type\":\"replay\"");
        assertThat(Work.kindOf(Wire.write(request))).isEqualTo("replay");
        assertThat(Wire.read(Wire.write(request), ReplayRequest.class)).isEqualTo(request);
    }

    @Test
    void snapshotsThatWereNotKeptAreMadeAgain() throws Exception {
        String path = "/api/v1/failures/" + failure + "/snapshot";
        Http.Answer missing = http.get(path);
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.json().get("detail").asString())
                .contains("POST /api/v1/failures/" + failure + "/replay", "checkpoints");
        UUID id = ordered("{\"mode\": \"checkpoints\"}");
        Digest image = put("an image");
        intake.accept(report(
                id,
                1,
                new ReplayReport.Replayed(
                        1, 1, "", null, List.of(new ArtifactReference(ArtifactKind.SNAPSHOT, 8, image)))));
        assertThat(http.get(path).text()).isEqualTo("an image");
        assertThat(http.get("/api/v1/failures/" + failure).text()).contains(image.hex());
    }

    @Test
    void aBundleIsATarInAnyParts() throws Exception {
        Samples.Bundled bundled = Samples.bundled(this::put);
        failure = failure(bundled.manifest(), put("recorded"));
        String path = "/api/v1/failures/" + failure + "/bundle";
        // The samples' coordinates name blobs that are not there.
        Logger problems = (Logger) LoggerFactory.getLogger("io.bohrwerk.api.web.Problems");
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        problems.addAppender(told);
        Http.Answer gone = http.get(path);
        problems.detachAppender(told);
        assertThat(gone.status()).as(gone.text()).isEqualTo(410);
        assertThat(told.list)
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.getMDCPropertyMap())
                        .as("fields of structured logs")
                        .containsEntry("failure", failure));
        database.sql(
                        "update failures set coordinates = jsonb_set(jsonb_set(coordinates, '{target}', to_jsonb(?::text)),"
                                + " '{snapshot}', to_jsonb(?::text)) where id = ?")
                .params(bundled.target().hex(), put("ready").hex(), UUID.fromString(failure))
                .update();
        Http.Answer whole = http.get(path);
        assertThat(whole.status()).as(whole.text()).isEqualTo(200);
        byte[] bytes = whole.bytes();
        assertThat(whole.header("content-length")).isEqualTo(Integer.toString(bytes.length));
        Http.Answer again = http.get(path, "If-None-Match", whole.header("etag"));
        assertThat(again.status()).isEqualTo(304);
        for (int from = 0; from < bytes.length; from += 1500) {
            int to = Math.min(from + 1499, bytes.length - 1);
            Http.Answer part = http.get(path, "Range", "bytes=" + from + "-" + to);
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(bytes, from, to + 1));
        }
        Path tar = directory.resolve("bundle.tar");
        Files.write(tar, bytes);
        assertThat(run("tar", "-xf", tar.toString(), "-C", directory.toString()))
                .isEmpty();
        Path unpacked = directory.resolve("bohrwerk-" + failure);
        assertThat(run(
                        "sh",
                        "-c",
                        "cd " + unpacked + " && sha256sum --quiet -c SHA256SUMS && bash -n replay.sh debug.sh"))
                .isEmpty();
        assertThat(unpacked.resolve("replay.sh")).isExecutable();
        assertThat(unpacked.resolve("recording.rr")).hasContent("recorded");
        assertThat(unpacked.resolve("ready.qcow2")).hasContent("ready");
        assertThat(unpacked.resolve("target/kernel.elf")).hasContent("kernel");
        assertThat(Files.readString(unpacked.resolve("config/batch.cfg"))).isEqualTo("run it   ");
        assertThat(run(
                        "bash",
                        "-c",
                        ". " + unpacked.resolve("machine.sh") + "; printf '<%s>' \"${qemu[@]}\"; echo $last"))
                .isEqualTo("<qemu-system-i386><-append><it's a \"$(test)\"><-icount><shift=4>900");
    }

    @Test
    void theScriptsOfAFailureThatWasNotVerifiedSaySoFirst() throws Exception {
        Samples.Bundled bundled = Samples.bundled(this::put);
        failure = failure(bundled.manifest(), put("recorded"));
        database.sql(
                        "update failures set coordinates = jsonb_set(jsonb_set(coordinates, '{target}', to_jsonb(?::text)),"
                                + " '{snapshot}', to_jsonb(?::text)), replay = 'DIVERGED', replay_note = 'it ended 3 instructions later'"
                                + " where id = ?")
                .params(bundled.target().hex(), put("ready").hex(), UUID.fromString(failure))
                .update();
        Path tar = directory.resolve("unverified.tar");
        Files.write(tar, http.get("/api/v1/failures/" + failure + "/bundle").bytes());
        run("tar", "-xf", tar.toString(), "-C", directory.toString());
        Path unpacked = directory.resolve("bohrwerk-" + failure);
        for (String script : List.of("replay.sh", "debug.sh")) {
            assertThat(run(unpacked.resolve(script).toString()))
                    .startsWith(
                            "NOT VERIFIED: when this failure was found, its replay did not go the same way as the run.\n"
                                    + "  it ended 3 instructions later\n");
        }
        assertThat(Files.readString(unpacked.resolve("README.md")))
                .contains("**Not verified**: its replay did not go the same way (it ended 3 instructions later).");
    }

    /** Two orders wrote their failure's row although they only read it, and one of them was refused. */
    @Test
    void ordersOfOneFailureAtTheSameTimeAreAllTaken() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 3; round++) {
                CyclicBarrier barrier = new CyclicBarrier(4);
                List<Callable<Integer>> orders = new ArrayList<>();
                for (String mode : List.of("when", "adjacent", "divergence", "replay")) {
                    orders.add(() -> {
                        barrier.await();
                        String body = mode.equals("replay") ? "{\"mode\": \"verify\"}" : "{}";
                        return http.post("/api/v1/failures/" + failure + "/" + mode, body)
                                .status();
                    });
                }
                for (Future<Integer> answer : threads.invokeAll(orders)) {
                    assertThat(answer.get()).isEqualTo(202);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.sql("select version from failures where id = ?")
                        .param(UUID.fromString(failure))
                        .query(Integer.class)
                        .single())
                .as("reading does not write")
                .isZero();
    }

    @Test
    void howFarASearchIsAndSinceWhenIsShown() throws Exception {
        UUID id = UUID.fromString(http.post("/api/v1/failures/" + failure + "/when", "{}")
                .json()
                .get("id")
                .asString());
        assertThat(replay(id).get("startedAt").isNull()).isTrue();
        String worker = "worker-" + UUID.randomUUID();
        WorkerHeartbeat heartbeat = new WorkerHeartbeat(
                Wire.VERSION,
                worker,
                "host",
                2,
                "qemu",
                Instant.now(),
                List.of(new RunningWork(ReplayRequest.KIND, id, null, 1, 7)),
                null);
        fleet.hear(heartbeat);
        sweep.heard(heartbeat);
        JsonNode shown = replay(id);
        JsonNode listed = http.get("/api/v1/failures/" + failure + "/replays")
                .json()
                .get("items")
                .get(0);
        JsonNode search =
                http.get("/api/v1/failures/" + failure + "/when").json().get("replay");
        database.sql("delete from workers where id = ?").param(worker).update();
        assertThat(List.of(shown, listed, search)).allSatisfy(one -> {
            assertThat(one.get("state").asString()).isEqualTo("RUNNING");
            assertThat(one.get("startedAt").isString()).isTrue();
            assertThat(one.get("runsDone").asInt()).isEqualTo(7);
        });
        assertThat(replay(id).get("runsDone").asInt())
                .as("no live worker says so")
                .isZero();
    }

    @Test
    void whatWasNotRecordedIsBundledWithoutScriptsAndIsNotReplayed() throws Exception {
        Samples.Bundled bundled = Samples.bundled(this::put);
        failure = failure(bundled.manifest(), put("recorded"));
        database.sql(
                        "update failures set coordinates = jsonb_set(jsonb_set(coordinates, '{target}', to_jsonb(?::text)),"
                                + " '{schedule,setting}', '{\"icount\": false}'), replay_note = 'nothing was recorded' where id = ?")
                .params(bundled.target().hex(), UUID.fromString(failure))
                .update();
        Http.Answer refused = order("{\"mode\": \"verify\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("detail").asString()).contains("nothing was recorded");
        Path tar = directory.resolve("unrecorded.tar");
        Files.write(tar, http.get("/api/v1/failures/" + failure + "/bundle").bytes());
        run("tar", "-xf", tar.toString(), "-C", directory.toString());
        Path unpacked = directory.resolve("bohrwerk-" + failure);
        assertThat(Files.readString(unpacked.resolve("README.md")))
                .contains("**It cannot be replayed.**", "icount: false", "the console");
        assertThat(unpacked.resolve("replay.sh")).doesNotExist();
        assertThat(unpacked.resolve("ready.qcow2")).doesNotExist();
        assertThat(unpacked.resolve("target/kernel.elf")).hasContent("kernel");
    }

    @Test
    void ofSeveralCpusTheBatchIsRunAgainAndNothingElse() throws Exception {
        Samples.Bundled bundled = Samples.bundled(this::put);
        failure = failure(bundled.manifest(), put("recorded"));
        database.sql(
                        "update failures set coordinates = jsonb_set(jsonb_set(coordinates, '{target}', to_jsonb(?::text)),"
                                + " '{machineOptions}', '\"-M pc -smp 2 -m 16\"') where id = ?")
                .params(bundled.target().hex(), UUID.fromString(failure))
                .update();
        assertThat(order("{\"mode\": \"verify\"}").status()).isEqualTo(202);
        Http.Answer refused = order("{\"mode\": \"checkpoints\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("detail").asString())
                .contains("only verify is possible, which runs the batch again");
        for (String search : List.of("when", "adjacent", "divergence")) {
            assertThat(http.post("/api/v1/failures/" + failure + "/" + search, "{}")
                            .status())
                    .as(search)
                    .isEqualTo(409);
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
