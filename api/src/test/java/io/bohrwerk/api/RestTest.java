package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.target.TargetBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;

/** The REST interface over real HTTP. */
@ApiTest
class RestTest {
    @LocalServerPort
    private int port;

    @Autowired
    private BlobStore blobs;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private String target() throws Exception {
        return http.upload("/api/v1/targets", Samples.target("rest"))
                .json()
                .get("id")
                .asString();
    }

    private static void assertProblem(Http.Answer answer, int status, String field, String value, String rule) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.json().path("field").asString()).isEqualTo(field);
        assertThat(answer.json().path("value").asString()).contains(value);
        assertThat(answer.json().path("rule").asString()).contains(rule);
    }

    // Targets

    @Test
    void aTargetIsKnownByItsContent() throws Exception {
        String name = "content-" + UUID.randomUUID();
        Http.Answer first = http.upload("/api/v1/targets", Samples.target(name));
        assertThat(first.status()).isEqualTo(201);
        String id = first.json().get("id").asString();
        assertThat(first.header("location")).isEqualTo("/api/v1/targets/" + id);
        Http.Answer again = http.upload("/api/v1/targets", Samples.target(name));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
        try (InputStream text = blobs.open(new Digest(id))) {
            TargetBundle bundle = TargetBundle.parse(text.readAllBytes());
            assertThat(bundle.id().hex()).isEqualTo(id);
            for (Digest file : bundle.files().values()) {
                assertThat(blobs.size(file)).isPresent();
            }
        }
        assertThat(http.get("/api/v1/targets/" + id.substring(0, 8)).text()).isEqualTo(first.text());
        assertThat(http.get("/api/v1/targets/" + id + "/files/kernel.elf").text())
                .isEqualTo("the kernel of " + name);
        assertThat(http.get("/api/v1/targets/" + id + "/files/other").status()).isEqualTo(404);
        assertProblem(http.get("/api/v1/targets/abc"), 400, "target", "abc", "8 digits");
        Http.Answer missing = http.get("/api/v1/targets/00000000");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.json().get("detail").asString()).contains("target", "00000000");
    }

    @Test
    void anUploadIsRefusedInWordsThatHelp() throws Exception {
        Http.Part manifest = Samples.target("refused")[0];
        Http.Part kernel = Samples.target("refused")[1];
        assertProblem(
                http.upload("/api/v1/targets", manifest, Http.Part.file("../evil", "x"), kernel),
                400,
                "file",
                "../evil",
                "plain file name");
        assertProblem(http.upload("/api/v1/targets", kernel), 400, "file", "kernel.elf", "target.yaml");
        assertProblem(http.upload("/api/v1/targets", manifest), 400, "boot", "kernel.elf", "not in the bundle");
        assertProblem(http.upload("/api/v1/targets", manifest, kernel, kernel), 400, "file", "kernel.elf", "twice");
        assertProblem(
                http.upload("/api/v1/targets", manifest, kernel, Http.Part.file("more", "x")),
                400,
                "files",
                "more",
                "not named");
        assertProblem(
                http.upload(
                        "/api/v1/targets",
                        Http.Part.file("target.yaml", "name: x\nmachine: {arch: i386, memory: 3MiB}\n"),
                        kernel),
                400,
                "machine.memory",
                "3MiB",
                "4MiB");
        assertProblem(
                http.upload(
                        "/api/v1/targets",
                        Http.Part.file(
                                "target.yaml", new String(manifest.content(), StandardCharsets.UTF_8) + "more: 1\n"),
                        kernel),
                400,
                "more",
                "",
                "not a known field");
        byte[] elf = new byte[64];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2}, 0, elf, 0, 5);
        elf[18] = 62; // x86-64, and the machine is an i386
        assertProblem(
                http.upload("/api/v1/targets", manifest, new Http.Part("file", "kernel.elf", elf)),
                400,
                "machine.arch",
                "i386",
                "must be x86_64");
        assertThat(http.upload("/api/v1/targets", Http.Part.field("other", "x")).status())
                .isEqualTo(400);
    }

    @Test
    void digestsThatAreSentMustMatch() throws Exception {
        Http.Part[] parts = Samples.target("digests");
        String right =
                Digest.of(parts[0].content()) + "  target.yaml\n" + Digest.of(parts[1].content()) + " *kernel.elf\n";
        assertThat(http.upload("/api/v1/targets", parts[0], parts[1], Http.Part.field("digests", right))
                        .status())
                .isIn(200, 201);
        String wrong =
                Digest.of(parts[0].content()) + "  target.yaml\n" + Digest.of(parts[0].content()) + "  kernel.elf\n";
        Http.Answer mismatch = http.upload("/api/v1/targets", parts[0], parts[1], Http.Part.field("digests", wrong));
        assertThat(mismatch.status()).isEqualTo(422);
        assertThat(mismatch.json().get("detail").asString()).contains("kernel.elf");
        Http.Answer incomplete = http.upload(
                "/api/v1/targets",
                parts[0],
                parts[1],
                Http.Part.field("digests", Digest.of(parts[0].content()) + "  target.yaml"));
        assertThat(incomplete.status()).isEqualTo(422);
        assertProblem(
                http.upload("/api/v1/targets", parts[0], parts[1], Http.Part.field("digests", "what")),
                400,
                "digests",
                "what",
                "sha256sum");
    }

    @Test
    void anUploadThatIsTooLargeIsRefused() throws Exception {
        Http.Part manifest = Samples.target("large")[0];
        Http.Part kernel = new Http.Part("file", "kernel.elf", new byte[1_100_000]);
        Http.Answer answer = http.upload("/api/v1/targets", manifest, kernel);
        assertThat(answer.status()).as(answer.text()).isEqualTo(413);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    }

    // Jobs

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | target | is missing",
                "{`target`: 1, `strategy`: `random`} | target | text",
                "{`target`: `T`} | strategy | is missing",
                "{`target`: `T`, `strategy`: `zigzag`} | strategy | fixed, random",
                "{`target`: `T`, `strategy`: {`kind`: `sweep`, `step`: 0}} | step | between 1 and",
                "{`target`: `T`, `strategy`: {`kind`: `sweep`, `delay`: 1}} | strategy.delay | not an option",
                "{`target`: `T`, `strategy`: {`kind`: `aligned`, `shifts`: [3]}} | strategy.shifts | bootShift of 4",
                "{`target`: `T`, `strategy`: {`kind`: `aligned`, `length`: 4294967296}} | length | between 1 and 2^32",
                "{`target`: `T`, `strategy`: {`kind`: `adaptive`, `strategies`: []}} | strategies | no arm",
                "{`target`: `T`, `strategy`: {`kind`: `adaptive`, `shifts`: []}} | shifts | 1 to",
                "{`target`: `T`, `strategy`: `random`, `stopWhenRateBelow`: {`rate`: 1e-5, `confidence`: 1}} | stopWhenRateBelow.confidence | below 1",
                "{`target`: `T`, `strategy`: `random`, `stopWhenRateBelow`: {`rate`: 1e-5}} | stopWhenRateBelow.confidence | is missing",
                "{`target`: `T`, `strategy`: `sweep`, `stopWhenRateBelow`: {`rate`: 1e-5, `confidence`: 0.9}} | stopWhenRateBelow | random sample",
                "{`target`: `T`, `strategy`: {`shifts`: [4]}} | strategy.kind | is missing",
                "{`target`: `T`, `strategy`: {`kind`: `fixed`, `seed`: 1}} | strategy.seed | not an option",
                "{`target`: `T`, `strategy`: {`kind`: `random`, `delay`: 1}} | strategy.delay | not an option",
                "{`target`: `T`, `strategy`: {`kind`: `random`, `shifts`: [11]}} | shifts | between 0 and 10",
                "{`target`: `T`, `strategy`: {`kind`: `random`, `shifts`: [4, 3]}} | strategy.shifts | bootShift of 4",
                "{`target`: `T`, `strategy`: {`kind`: `fixed`, `shift`: 1}} | strategy.shift | bootShift of 4",
                "{`target`: `T`, `strategy`: {`kind`: `random`, `what`: 1}} | strategy.what | not a known field",
                "{`target`: `T`, `strategy`: `random`, `iterations`: 0} | iterations | between",
                "{`target`: `T`, `strategy`: `random`, `iterations`: `5`} | iterations | whole number",
                "{`target`: `T`, `strategy`: `random`, `iterations`: 1.5} | iterations | whole number",
                "{`target`: `T`, `strategy`: `random`, `wallTime`: `10 minutes`} | wallTime | unit",
                "{`target`: `T`, `strategy`: `random`, `stopAfterFailures`: -1} | stopAfterFailures | between",
                "{`target`: `T`, `strategy`: `random`, `iterationsPerBatch`: 0} | iterationsPerBatch | between",
                "{`target`: `T`, `strategy`: `random`, `more`: 1} | more | not a known field",
                "{`target`: `T`, `target`: `T`, `strategy`: `random`} | | well-formed",
                "{`target`: `00000000`, `strategy`: `random`} | target | uploaded target",
                "{`target` | | well-formed"
            })
    void aSubmissionIsReadStrictly(String json, String field, String rule) throws Exception {
        String body = json.replace('`', '"').replace("\"T\"", '"' + target() + '"');
        Http.Answer answer = http.post("/api/v1/jobs", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("rule").asString()).contains(rule);
        if (field != null) {
            assertThat(answer.json().get("field").asString()).isEqualTo(field);
        }
    }

    @Test
    void aJobIsShownAsItWasSubmitted() throws Exception {
        Http.Answer answer = http.post("/api/v1/jobs", """
                {"target": "%s", "name": "mine", "strategy": {"kind": "random", "shifts": [4, 6], "seed": 7},
                 "iterations": 500, "wallTime": "10m", "stopAfterFailures": 3, "iterationsPerBatch": 50}""".formatted(target().substring(0, 8)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        JsonNode job = answer.json();
        assertThat(answer.header("location"))
                .isEqualTo("/api/v1/jobs/" + job.get("id").asString());
        assertThat(job.get("target").asString()).isEqualTo(target());
        assertThat(job.get("targetName").asString()).isEqualTo("rest");
        assertThat(job.get("strategy").toString()).isEqualTo("{\"kind\":\"random\",\"shifts\":[4,6],\"seed\":7}");
        assertThat(job.get("budget").toString()).isEqualTo("{\"iterations\":500,\"wallTime\":\"10m\"}");
        assertThat(job.get("stop").toString()).isEqualTo("{\"failures\":3,\"whenRateBelow\":null}");
        assertThat(job.get("state").asString()).isEqualTo("QUEUED");
        assertThat(job.get("failureRate").toString()).isEqualTo("{\"perIteration\":0.0,\"low\":0.0,\"high\":1.0}");
        JsonNode batch = http.get("/api/v1/jobs/" + job.get("id").asString() + "/batches")
                .json()
                .get("items")
                .get(0);
        assertThat(batch.get("iterations").asInt()).isEqualTo(50);
        assertThat(batch.get("schedule").get("window").asLong()).isIn(1_000_000L, 250_000L);
    }

    @Test
    void theSameKeyMakesOneJob() throws Exception {
        String key = "key-" + UUID.randomUUID();
        String target = target();
        String body = "{\"target\": \"" + target + "\", \"strategy\": \"fixed\"}";
        Http.Answer first = http.post("/api/v1/jobs", body, "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(201);
        Http.Answer again = http.post(
                "/api/v1/jobs", "{\"strategy\":  \"fixed\", \"target\": \"" + target + "\"}", "Idempotency-Key", key);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().get("id")).isEqualTo(first.json().get("id"));
        Http.Answer other = http.post("/api/v1/jobs", body.replace("fixed", "random"), "Idempotency-Key", key);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().get("detail").asString()).contains(key);
        assertProblem(
                http.post("/api/v1/jobs", body, "Idempotency-Key", "a b"), 400, "Idempotency-Key", "a b", "printable");
    }

    @Test
    void aBodyThatIsTooLongOrOfAnotherTypeIsRefused() throws Exception {
        assertThat(http.post("/api/v1/jobs", "{\"name\": \"" + "x".repeat(3_000) + "\"}")
                        .status())
                .isEqualTo(413);
        Http.Answer text = http.send(http.request("/api/v1/jobs")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
        assertThat(text.status()).isEqualTo(415);
        assertThat(text.header("content-type")).isEqualTo("application/problem+json");
    }

    @Test
    void listsRunFromTheNewestInPages() throws Exception {
        String body = "{\"target\": \"" + target() + "\", \"strategy\": \"random\", \"iterations\": 1}";
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, http.post("/api/v1/jobs", body).json().get("id").asString());
        }
        List<String> read = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = http.get("/api/v1/jobs?limit=2&cursor=" + cursor).json();
            page.get("items").forEach(job -> read.add(job.get("id").asString()));
            cursor = page.get("next").isNull() ? "" : page.get("next").asString();
        } while (!cursor.isEmpty() && read.size() < 5);
        assertThat(read.subList(0, 5)).isEqualTo(made);
        cursor = "";
        Set<String> all = new HashSet<>();
        int count = 0;
        do {
            JsonNode page = http.get("/api/v1/jobs?limit=3&cursor=" + cursor).json();
            for (JsonNode job : page.get("items")) {
                all.add(job.get("id").asString());
                count++;
            }
            cursor = page.get("next").isNull() ? "" : page.get("next").asString();
        } while (!cursor.isEmpty());
        assertThat(all).hasSize(count).containsAll(made);
        assertProblem(http.get("/api/v1/jobs?cursor=nonsense"), 400, "cursor", "nonsense", "earlier page");
        assertProblem(http.get("/api/v1/jobs?limit=0"), 400, "limit", "0", "between 1 and 500");
        assertProblem(http.get("/api/v1/jobs?limit=501"), 400, "limit", "501", "between 1 and 500");
        assertProblem(http.get("/api/v1/jobs?limit=x"), 400, "limit", "x", "number");
    }

    @ParameterizedTest
    @CsvSource({
        "jobs, job",
        "crashes, crash",
        "failures, failure",
        "jobs/ID/batches, job",
        "jobs/ID/crashes, job",
        "jobs/ID/failures, job",
        "jobs/ID/events, job",
        "crashes/ID/failures, crash",
        "failures/ID/log, failure"
    })
    void whatIsNotThereIsNamed(String resource, String kind) throws Exception {
        String id = UUID.randomUUID().toString();
        String path = resource.contains("ID") ? resource.replace("ID", id) : resource + "/" + id;
        Http.Answer answer = http.get("/api/v1/" + path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(404);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").asString()).contains(kind, id);
    }

    @Test
    void otherAddressesAndMethodsAreProblemsToo() throws Exception {
        assertThat(http.get("/api/v1/nothing").status()).isEqualTo(404);
        assertThat(http.get("/api/nothing").header("content-type")).isEqualTo("application/problem+json");
        assertThat(http.send(http.request("/api/v1/jobs").DELETE()).status()).isEqualTo(405);
        assertProblem(http.get("/api/v1/jobs/17"), 400, "id", "17", "UUID");
    }

    // Failures, by way of Kafka

    @Test
    void aKernelsReportNamesTheCrash() throws Exception {
        UUID job = submit();
        send(io.bohrwerk.protocol.Wire.write(Samples.panicked(
                job,
                firstBatch(job),
                2,
                "[   21.075203] BUG: kernel NULL pointer dereference, address: 0000000000000008",
                "BUG: kernel NULL pointer dereference in do_int80_syscall_32",
                "")));
        JsonNode failure = await("/api/v1/jobs/" + job + "/failures");
        assertThat(failure.get("title").asString())
                .isEqualTo("BUG: kernel NULL pointer dereference in do_int80_syscall_32");
        assertThat(failure.get("damage").asString()).isEmpty();
        assertThat(http.get("/api/v1/crashes/" + failure.get("crashId").asString())
                        .json()
                        .get("title")
                        .asString())
                .isEqualTo("Panicked: BUG: kernel NULL pointer dereference in do_int80_syscall_32");
    }

    @Test
    void aFailureIsServedWithItsArtifacts() throws Exception {
        byte[] log = new byte[100_000];
        new SplittableRandom(1).nextBytes(log);
        Digest digest = Digest.of(log);
        blobs.put(digest, new ByteArrayInputStream(log));
        Digest gone = Digest.of("gone".getBytes(StandardCharsets.UTF_8));
        UUID job = submit();
        UUID batch = firstBatch(job);
        send(io.bohrwerk.protocol.Wire.write(Samples.failed(
                job,
                batch,
                1,
                3,
                "assertion 17 at 0xdeadbeef",
                List.of(
                        new ArtifactReference(ArtifactKind.MERGED_LOG, log.length, digest),
                        new ArtifactReference(ArtifactKind.RECORDING, 4, gone)))));
        JsonNode failure = await("/api/v1/jobs/" + job + "/failures");
        String id = failure.get("id").asString();
        assertThat(failure.get("jobId").asString()).isEqualTo(job.toString());
        assertThat(failure.get("batchId").asString()).isEqualTo(batch.toString());
        assertThat(failure.get("iteration").asInt()).isEqualTo(3);
        assertThat(failure.get("coordinates").get("machineOptions").asString()).isEqualTo("-m 16M");
        assertThat(failure.get("artifacts").get(0).get("url").asString()).isEqualTo("/api/v1/failures/" + id + "/log");
        assertThat(http.get("/api/v1/failures/" + id).json()).isEqualTo(failure);
        String crash = failure.get("crashId").asString();
        assertThat(http.get("/api/v1/crashes/" + crash).json().get("title").asString())
                .isEqualTo("Failed: assertion N at ADDR");
        assertThat(http.get("/api/v1/crashes/" + crash + "/failures").text()).contains(id);
        assertThat(http.get("/api/v1/jobs/" + job + "/crashes").text()).contains(crash);
        assertThat(http.get("/api/v1/jobs/" + job).json().get("firstFailureId").asString())
                .isEqualTo(id);

        String path = "/api/v1/failures/" + id + "/log";
        String etag = "\"" + digest + "\"";
        Http.Answer whole = http.get(path);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.bytes()).isEqualTo(log);
        assertThat(whole.header("etag")).isEqualTo(etag);
        assertThat(whole.header("content-length")).isEqualTo("100000");
        assertThat(whole.header("content-disposition")).contains(id + ".merged.log.zst");
        assertThat(whole.header("accept-ranges")).isEqualTo("bytes");
        Http.Answer part = http.get(path, "Range", "bytes=99990-");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.bytes()).isEqualTo(Arrays.copyOfRange(log, 99_990, 100_000));
        assertThat(part.header("content-range")).isEqualTo("bytes 99990-99999/100000");
        Http.Answer outside = http.get(path, "Range", "bytes=100000-");
        assertThat(outside.status()).isEqualTo(416);
        assertThat(outside.header("content-range")).isEqualTo("bytes */100000");
        assertThat(http.get(path, "Range", "bytes=0-1,4-5").status()).isEqualTo(200);
        assertThat(http.get(path, "If-None-Match", etag).status()).isEqualTo(304);
        assertThat(http.get(path, "If-None-Match", "\"other\"").status()).isEqualTo(200);
        assertThat(http.get(path, "Range", "bytes=0-1", "If-Range", etag).status())
                .isEqualTo(206);
        assertThat(http.get(path, "Range", "bytes=0-1", "If-Range", "\"other\"").status())
                .isEqualTo(200);
        Http.Answer head = http.send(http.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("content-length")).isEqualTo("100000");
        assertThat(head.bytes()).isEmpty();
        assertThat(http.get("/api/v1/failures/" + id + "/snapshot").status()).isEqualTo(404);
        assertThat(http.get("/api/v1/failures/" + id + "/recording").status())
                .as("known here, but no longer in the store")
                .isEqualTo(410);
    }

    @Test
    void eventsFollowAJobToItsEnd() throws Exception {
        UUID job = submit();
        Thread report = new Thread(() -> {
            try {
                Thread.sleep(1_000);
                send(io.bohrwerk.protocol.Wire.write(Samples.failed(job, firstBatch(job), 1, 1, "x", List.of())));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        report.start();
        List<String> lines = http.events("/api/v1/jobs/" + job + "/events", 1_000);
        report.join();
        assertThat(lines.get(0)).isEqualTo("event:job");
        assertThat(lines.get(1)).contains("\"state\":\"QUEUED\"");
        assertThat(lines).as("heartbeats").contains(":still here");
        assertThat(lines.stream()
                        .filter(line -> line.startsWith("data:"))
                        .reduce((a, b) -> b)
                        .orElse(""))
                .contains("\"state\":\"COMPLETED\"", "\"stopReason\":\"FAILURES\"");
    }

    @Test
    void eventStreamsAreBounded() throws Exception {
        String path = "/api/v1/jobs/" + submit() + "/events";
        List<InputStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(java.net
                        .URI
                        .create("http://127.0.0.1:" + port + path)
                        .toURL()
                        .openStream());
                open.get(i).read();
            }
            Http.Answer refused = http.get(path);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().get("detail").asString()).contains("event streams");
            assertThat(refused.header("Retry-After")).matches("\\d+");
        } finally {
            for (InputStream stream : open) {
                stream.close();
            }
        }
        // A heartbeat finds that a client is gone.
        long end = System.nanoTime() + 30_000_000_000L;
        int status = 503;
        while (status == 503 && System.nanoTime() < end) {
            Thread.sleep(200);
            try (InputStream stream = java.net
                    .URI
                    .create("http://127.0.0.1:" + port + path)
                    .toURL()
                    .openStream()) {
                status = stream.read() > 0 ? 200 : 500;
            } catch (IOException e) {
                status = 503;
            }
        }
        assertThat(status).isEqualTo(200);
    }

    @Test
    void thePageTheDescriptionAndTheHealthAreThere() throws Exception {
        assertThat(http.get("/").text()).contains("<title>Bohrwerk</title>");
        JsonNode paths = http.get("/openapi").json().get("paths");
        assertThat(paths.propertyNames())
                .contains("/api/v1/targets", "/api/v1/jobs", "/api/v1/jobs/{id}/events", "/api/v1/failures/{id}/log");
        JsonNode health = http.get("/actuator/health").json();
        assertThat(health.get("status").asString()).isEqualTo("UP");
        assertThat(health.get("components").propertyNames()).contains("db", "kafka", "blobStore");
        assertThat(http.get("/actuator/env").status()).isEqualTo(404);
        assertThat(http.get("/api/v1/stats").json().get("jobs").propertyNames()).contains("queued", "error");
    }

    private UUID submit() throws Exception {
        return UUID.fromString(http.post("/api/v1/jobs", "{\"target\": \"" + target() + "\", \"strategy\": \"random\"}")
                .json()
                .get("id")
                .asString());
    }

    private UUID firstBatch(UUID job) throws Exception {
        return UUID.fromString(http.get("/api/v1/jobs/" + job + "/batches")
                .json()
                .get("items")
                .get(0)
                .get("id")
                .asString());
    }

    private void send(byte[] report) throws Exception {
        kafka.send(io.bohrwerk.protocol.batch.Topics.REPORTS, report).get();
    }

    /** The first item of a list that will have one soon. */
    private JsonNode await(String list) throws Exception {
        long end = System.nanoTime() + 90_000_000_000L;
        while (System.nanoTime() < end) {
            JsonNode items = http.get(list).json().get("items");
            if (!items.isEmpty()) {
                return items.get(0);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("nothing came to " + list);
    }
}
