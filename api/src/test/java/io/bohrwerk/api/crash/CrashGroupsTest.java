package io.bohrwerk.api.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;

/** How failures come into groups, and how people join and divide these. */
@ApiTest
class CrashGroupsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @LocalServerPort
    private int port;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private JdbcClient database;

    private Http http;
    /** In every signature, so that other tests' crashes are others. */
    private String mark;

    private String target;

    @BeforeEach
    void makeATarget() throws Exception {
        http = new Http(port);
        mark = UUID.randomUUID().toString().replaceAll("[0-9-]", "");
        target = http.upload("/api/v1/targets", Samples.target("groups"))
                .json()
                .get("id")
                .asString();
    }

    /** The sums that lists show are those of the rows, whatever was done. */
    @AfterEach
    void nothingContradictsItself() {
        assertThat(database.sql("""
                select c.title from crashes c
                cross join lateral (
                    select count(*) as failures, count(*) filter (where replay = 'VERIFIED') as verified,
                           min(occurred_at) as first_seen, max(occurred_at) as last_seen
                    from failures where crash_id = c.id) f
                cross join lateral (select coalesce(sum(failures), 0) as failures from crash_jobs where crash_id = c.id) j
                where c.id in (select m.crash_id from failures m join jobs o on o.id = m.job_id where o.target_id = :target)
                  and ((c.failures, c.verified, c.first_seen, c.last_seen)
                         is distinct from (f.failures, f.verified, f.first_seen, f.last_seen) or c.failures <> j.failures)""").param("target", target).query(String.class).list())
                .isEmpty();
    }

    private interface Report {
        BatchReport of(UUID job, UUID batch);
    }

    /** A job whose first batch ends so. @return the failure */
    private JsonNode report(Report report) throws Exception {
        JsonNode job = http.post(
                        "/api/v1/jobs",
                        "{\"target\": \"" + target + "\", \"strategy\": \"random\", \"iterations\": 20}")
                .json();
        UUID id = UUID.fromString(job.get("id").asString());
        JsonNode batches = http.get("/api/v1/jobs/" + id + "/batches").json().get("items");
        UUID batch = UUID.fromString(batches.get(0).get("id").asString());
        kafka.send(Topics.REPORTS, id.toString(), Wire.write(report.of(id, batch)))
                .get();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            JsonNode found = http.get("/api/v1/jobs/" + id + "/failures").json().get("items");
            if (!found.isEmpty()) {
                return found.get(0);
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no failure of job " + id);
    }

    private JsonNode fail(String name) throws Exception {
        return report((job, batch) -> Samples.failed(job, batch, 1, 3, mark + " " + name, List.of()));
    }

    private JsonNode panic(String title, List<String> alternatives, List<String> frames) throws Exception {
        return report((job, batch) -> Samples.panicked(
                job,
                batch,
                mark + " " + title,
                alternatives.stream().map(other -> mark + " " + other).toList(),
                frames.stream().map(frame -> mark + frame).toList()));
    }

    private static String crash(JsonNode failure) {
        return failure.get("crashId").asString();
    }

    private JsonNode get(String crash) throws Exception {
        return http.get("/api/v1/crashes/" + crash).json();
    }

    private JsonNode post(String crash, String verb, String body) throws Exception {
        Http.Answer answer = http.post("/api/v1/crashes/" + crash + "/" + verb, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private Http.Answer refused(String crash, String verb, String body, int status) throws Exception {
        Http.Answer answer = http.post("/api/v1/crashes/" + crash + "/" + verb, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        return answer;
    }

    private List<String> failures(String crash) throws Exception {
        List<String> ids = new ArrayList<>();
        http.get("/api/v1/crashes/" + crash + "/failures?report=false")
                .json()
                .get("items")
                .forEach(failure -> ids.add(failure.get("id").asString()));
        return ids;
    }

    private List<String> history(String crash) throws Exception {
        List<String> kinds = new ArrayList<>();
        http.get("/api/v1/crashes/" + crash + "/history")
                .json()
                .get("items")
                .forEach(change -> kinds.add(change.get("kind").asString()));
        return kinds;
    }

    @Test
    void whatIsMergedCountsThereAndSoDoesWhatComesLater() throws Exception {
        String a = crash(fail("a"));
        JsonNode ofB = fail("b");
        String b = crash(ofB);
        JsonNode merged = post(a, "merge", "{\"crash\": \"" + b + "\", \"note\": \"one lock\"}");
        assertThat(merged.get("failures").asLong()).isEqualTo(2);
        assertThat(merged.get("verified").asLong()).isEqualTo(2);
        assertThat(merged.get("signatures")).hasSize(2);
        assertThat(failures(a)).hasSize(2).contains(ofB.get("id").asString());

        JsonNode gone = get(b);
        assertThat(gone.get("merged").asBoolean()).isTrue();
        assertThat(gone.get("state").asString()).isEqualTo("DUPLICATE");
        assertThat(gone.get("duplicateOf").asString()).isEqualTo(a);
        assertThat(gone.get("failures").asLong()).isZero();
        assertThat(failures(b)).isEmpty();

        assertThat(crash(fail("b"))).isEqualTo(a);
        assertThat(get(a).get("failures").asLong()).isEqualTo(3);
        assertThat(get(a).get("iterations").asLong()).isEqualTo(9);
        assertThat(history(a)).containsExactly("MERGED");
        assertThat(history(b)).containsExactly("MERGED");

        refused(b, "mark", "{\"state\": \"OPEN\"}", 409);
        refused(a, "merge", "{\"crash\": \"" + b + "\"}", 409);
        refused(b, "merge", "{\"crash\": \"" + a + "\"}", 409);
        refused(a, "merge", "{\"crash\": \"" + a + "\"}", 422);
        refused(a, "merge", "{\"crash\": \"" + UUID.randomUUID() + "\"}", 404);
    }

    @Test
    void aSignatureThatIsSplitOutBringsTheMergedCrashBack() throws Exception {
        String a = crash(fail("a"));
        JsonNode ofB = fail("b");
        String b = crash(ofB);
        post(a, "merge", "{\"crash\": \"" + b + "\"}");
        fail("b");
        String signature = ofB.get("signature").asString();
        JsonNode back = post(a, "split", "{\"signature\": \"" + signature + "\"}");
        assertThat(back.get("id").asString()).isEqualTo(b);
        assertThat(back.get("state").asString()).isEqualTo("OPEN");
        assertThat(back.get("failures").asLong()).isEqualTo(2);
        assertThat(get(a).get("failures").asLong()).isEqualTo(1);
        assertThat(crash(fail("b"))).isEqualTo(b);
        assertThat(crash(fail("a"))).isEqualTo(a);
        assertThat(history(a)).containsExactly("SPLIT", "MERGED");
        refused(a, "split", "{\"signature\": \"" + signature + "\"}", 422);
        assertThat(refused(b, "split", "{\"signature\": \"" + signature + "\"}", 422)
                        .text())
                .contains("all its failures");
    }

    @Test
    void chosenFailuresAreSplitIntoACrashOfTheirOwnOrIntoAnother() throws Exception {
        JsonNode first = fail("a");
        JsonNode second = fail("a");
        JsonNode third = fail("a");
        String a = crash(first);
        String only = "{\"failures\": [\"" + second.get("id").asString() + "\"]}";
        JsonNode own = post(a, "split", only);
        assertThat(own.get("id").asString()).isNotEqualTo(a);
        assertThat(own.get("failures").asLong()).isEqualTo(1);
        assertThat(own.get("signature").isNull()).isTrue();
        assertThat(own.get("firstSeen").asString())
                .isEqualTo(second.get("occurredAt").asString());
        assertThat(crash(fail("a"))).as("what comes later goes where it went").isEqualTo(a);
        refused(a, "split", only, 422);

        String other = crash(fail("b"));
        post(a, "split", "{\"failures\": [\"" + third.get("id").asString() + "\"], \"into\": \"" + other + "\"}");
        assertThat(failures(other)).hasSize(2);
        assertThat(get(a).get("failures").asLong()).isEqualTo(2);
        refused(a, "split", "{}", 400);
        refused(a, "split", "{\"failures\": []}", 400);
        refused(a, "split", "{\"failures\": [\"" + first.get("id").asString() + "\"], \"into\": \"" + a + "\"}", 422);
    }

    @Test
    void groupsMeetByAlternativeTitles() throws Exception {
        String one = crash(panic("KASAN: use-after-free in widget", List.of("bad access in widget"), List.of()));
        assertThat(crash(panic("page fault in widget", List.of("bad access in widget"), List.of())))
                .isEqualTo(one);
        assertThat(crash(panic("page fault in widget", List.of(), List.of()))).isEqualTo(one);
        assertThat(crash(panic("page fault in gadget", List.of("bad access in gadget"), List.of())))
                .isNotEqualTo(one);
        assertThat(get(one).get("signatures")).hasSize(3);
    }

    @Test
    void aReportThatIsNotWholeFoundsNoGroup() throws Exception {
        String title = mark + " BUG: page fault";
        Report cut = (job, batch) -> Samples.panicked(job, batch, 1, title, title, "no stack in it");
        JsonNode first = report(cut);
        JsonNode bin = get(crash(first));
        assertThat(bin.get("bin").asBoolean()).isTrue();
        assertThat(bin.get("title").asString()).isEqualTo("Panicked: reports that are not whole");
        assertThat(first.get("damage").asString()).isEqualTo("no stack in it");

        String whole = crash(report((job, batch) -> Samples.panicked(job, batch, 1, title, title, "")));
        assertThat(whole).isNotEqualTo(crash(first));
        assertThat(crash(report(cut))).as("a known title").isEqualTo(whole);
    }

    @Test
    void crashesWithStacksAlikeAreFound() throws Exception {
        String one = crash(panic("x", List.of(), List.of("lock", "fill", "init")));
        String like = crash(panic("y", List.of(), List.of("lock", "inlined", "fill")));
        String other = crash(panic("z", List.of(), List.of("lock", "drain", "exit")));
        List<String> found = new ArrayList<>();
        http.get("/api/v1/crashes/" + one + "/similar")
                .json()
                .get("items")
                .forEach(crash -> found.add(crash.get("id").asString()));
        assertThat(found).containsExactly(like).doesNotContain(other);
        post(one, "merge", "{\"crash\": \"" + like + "\"}");
        assertThat(http.get("/api/v1/crashes/" + one + "/similar").json().get("items"))
                .isEmpty();
    }

    @Test
    void aFixIsMarkedWithTheJobThatAskedForIt() throws Exception {
        JsonNode failure = fail("a");
        String a = crash(failure);
        String new_ = http.upload("/api/v1/targets", Samples.target("groups-fixed"))
                .json()
                .get("id")
                .asString();
        String job = http.post(
                        "/api/v1/jobs/" + failure.get("jobId").asString() + "/is-it-fixed",
                        "{\"target\": \"" + new_ + "\"}")
                .json()
                .get("id")
                .asString();
        JsonNode asked = http.get("/api/v1/crashes/" + a + "/fix-jobs").json().get("items");
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).get("job").asString()).isEqualTo(job);

        JsonNode fixed = post(a, "mark", "{\"state\": \"FIXED\", \"fixedBy\": \"" + job + "\"}");
        assertThat(fixed.get("fixed").get("job").asString()).isEqualTo(job);
        assertThat(fixed.get("fixed").get("verdict").asString()).isEqualTo("UNDECIDED");
        database.sql("update jobs set iterations = 1000000000 where id = ?")
                .param(UUID.fromString(job))
                .update();
        assertThat(get(a).get("fixed").get("verdict").asString()).isEqualTo("NO_FAILURE_AT_CONFIDENCE");
        database.sql("update jobs set iterations = 0 where id = ?")
                .param(UUID.fromString(job))
                .update();

        String unrelated = crash(fail("b"));
        assertThat(refused(unrelated, "mark", "{\"state\": \"FIXED\", \"fixedBy\": \"" + job + "\"}", 400)
                        .json()
                        .get("field")
                        .asString())
                .isEqualTo("fixedBy");
        refused(a, "mark", "{\"state\": \"OPEN\", \"fixedBy\": \"" + job + "\"}", 400);
        assertThat(crash(fail("a"))).isEqualTo(a);
        assertThat(get(a).get("state").asString()).isEqualTo("OPEN");
        assertThat(get(a).get("fixed").isNull()).isTrue();
    }

    /** Failures that come while crashes are merged to and fro end up where their signatures lead. */
    @Test
    void mergesAndReportsAtOnceLoseNothing() throws Exception {
        JsonNode ofA = fail("a");
        String a = crash(ofA);
        JsonNode ofB = fail("b");
        String b = crash(ofB);
        String split = "{\"signature\": \"" + ofB.get("signature").asString() + "\"}";
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            Callable<Integer> merging = () -> {
                start.await();
                for (int i = 0; i < 10; i++) {
                    post(a, "merge", "{\"crash\": \"" + b + "\"}");
                    post(a, "split", split);
                }
                return 20;
            };
            Callable<Integer> failing = () -> {
                start.await();
                for (int i = 0; i < 10; i++) {
                    fail(i % 2 == 0 ? "a" : "b");
                }
                return 10;
            };
            for (Future<Integer> each : both.invokeAll(List.of(merging, failing))) {
                each.get();
            }
        } finally {
            both.shutdownNow();
        }
        assertThat(get(a).get("failures").asLong())
                .isEqualTo(6)
                .isEqualTo(failures(a).size());
        assertThat(get(b).get("failures").asLong())
                .isEqualTo(6)
                .isEqualTo(failures(b).size());
    }
}
