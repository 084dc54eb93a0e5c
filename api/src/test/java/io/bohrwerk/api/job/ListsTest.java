package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.intake.ReportIntake;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What pages read of jobs: lists and totals that are kept while reports come in, and not counted when somebody looks. */
@ApiTest
class ListsTest {
    @LocalServerPort
    private int port;

    @Autowired
    private ReportIntake intake;

    @Autowired
    private Batches batches;

    @Autowired
    private JdbcClient database;

    private Http http;
    private String target = "";
    /** In every reason, so that other tests' crashes are not seen. Without digits, which signatures leave out. */
    private String mark = "";

    @BeforeEach
    void upload() throws Exception {
        http = new Http(port);
        mark = UUID.randomUUID().toString().replaceAll("[0-9-]", "") + " ";
        target = upload("lists");
    }

    @AfterEach
    void clear() {
        database.sql("update jobs set state = 'CANCELLED' where state in ('QUEUED', 'RUNNING')")
                .update();
        database.sql("update batches set state = 'WITHDRAWN' where state = 'QUEUED'")
                .update();
    }

    private String upload(String name) throws Exception {
        return http.upload("/api/v1/targets", Samples.target(name))
                .json()
                .get("id")
                .asString();
    }

    private UUID submit(String target) throws Exception {
        return UUID.fromString(http.post(
                        "/api/v1/jobs",
                        "{\"target\": \"" + target + "\", \"strategy\": \"random\", \"stopAfterFailures\": 0}")
                .json()
                .get("id")
                .asString());
    }

    private Batch next(UUID job) {
        return batches.ofJob(job, Long.MAX_VALUE, Limit.of(500)).stream()
                .filter(Batch::inFlight)
                .findFirst()
                .orElseThrow();
    }

    private void pass(UUID job, long iterations) {
        intake.accept(Samples.passed(job, next(job).id(), 1, iterations));
    }

    private void fail(UUID job, String name) {
        intake.accept(Samples.failed(job, next(job).id(), 1, 3, mark + name, List.of()));
    }

    private JsonNode get(String path) throws Exception {
        Http.Answer answer = http.get("/api/v1" + path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void totalsAreWhatTheRowsSay() throws Exception {
        JsonNode before = get("/stats");
        UUID job = submit(target);
        pass(job, 10);
        fail(job, "total");
        JsonNode after = get("/stats");
        assertThat(after.get("iterations").asLong() - before.get("iterations").asLong())
                .isEqualTo(13);
        assertThat(after.get("failures").asLong() - before.get("failures").asLong())
                .isEqualTo(1);
        assertThat(after.get("crashes").asLong() - before.get("crashes").asLong())
                .isEqualTo(1);
        assertThat(after.at("/jobs/running").asLong()
                        - before.at("/jobs/running").asLong())
                .isEqualTo(1);
        http.post("/api/v1/jobs/" + job + "/cancel", "");
        JsonNode ended = get("/stats");
        assertThat(ended.at("/jobs/running").asLong())
                .isEqualTo(before.at("/jobs/running").asLong());
        assertThat(ended.at("/jobs/cancelled").asLong()
                        - before.at("/jobs/cancelled").asLong())
                .isEqualTo(1);
        assertThat(ended.get("batchesInFlight").asLong())
                .isEqualTo(database.sql("select coalesce(sum(batches_in_flight), 0) from jobs")
                        .query(Long.class)
                        .single());
    }

    @Test
    void aJobKnowsItsCrashesTheLatestMetFirst() throws Exception {
        UUID job = submit(target);
        fail(job, "one");
        fail(job, "two");
        fail(job, "one");
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get("/jobs/" + job + "/crashes?limit=1" + cursor);
            for (JsonNode crash : page.get("items")) {
                seen.add(crash.get("title").asString().replaceAll(".* ", "") + " "
                        + crash.get("failuresInJob").asLong());
            }
            cursor = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asString();
        } while (!cursor.isEmpty());
        assertThat(seen).containsExactly("two 1", "one 2");
        assertThat(get("/jobs/" + job + "/failures?report=false")
                        .get("items")
                        .get(0)
                        .get("report")
                        .asString())
                .isEmpty();
    }

    @Test
    void aCrashIsRatedByTheLatestJobsThatMetItAndNamesAllTargets() throws Exception {
        String first = upload("lists-first");
        UUID old = submit(first);
        fail(old, "rated");
        for (int i = 0; i < 20; i++) {
            fail(submit(target), "rated");
        }
        pass(old, 10);
        JsonNode crash = get("/crashes?text=" + mark.strip()).get("items").get(0);
        assertThat(crash.get("failures").asLong()).isEqualTo(21);
        assertThat(crash.get("failuresSampled").asLong()).isEqualTo(20);
        assertThat(crash.get("iterations").asLong()).as("without the first job").isEqualTo(60);
        assertThat(crash.get("targets")).hasSize(2);
        assertThat(get("/crashes?text=100%25").get("items"))
                .as("a percent sign is just that")
                .isEmpty();
    }

    @Test
    void samplesAreKeptWhileAJobGrowsAndNoMoreThanItsGrowthAsksFor() throws Exception {
        UUID job = submit(target);
        for (int i = 0; i < 100; i++) {
            pass(job, 10);
        }
        fail(job, "sampled");
        JsonNode samples = get("/jobs/" + job + "/samples");
        assertThat(samples.size()).isBetween(20, 60);
        assertThat(samples.get(0).get("iterations").asLong()).isEqualTo(10);
        JsonNode last = samples.get(samples.size() - 1);
        assertThat(last.get("failures").asLong()).isEqualTo(1);
        assertThat(last.get("iterations").asLong()).isEqualTo(1_003);
        double width = last.at("/failureRate/high").asDouble();
        assertThat(width)
                .isPositive()
                .isLessThan(samples.get(0).at("/failureRate/high").asDouble());
    }

    @Test
    void troublesAreListedByJobAndByWorker() throws Exception {
        UUID job = submit(target);
        intake.accept(Samples.troubled(job, next(job).id(), 1, InfrastructureTrouble.EMULATOR_DIED));
        JsonNode trouble = get("/troubles?job=" + job).get("items").get(0);
        assertThat(trouble.get("kind").asString()).isEqualTo("EMULATOR_DIED");
        assertThat(trouble.get("message").asString()).isEqualTo("it broke");
        assertThat(get("/troubles?worker=worker-1&limit=1")
                        .get("items")
                        .get(0)
                        .get("jobId")
                        .asString())
                .isEqualTo(job.toString());
        assertThat(get("/troubles?worker=nobody").get("items")).isEmpty();
        assertThat(get("/troubles?job=" + UUID.randomUUID()).get("items")).isEmpty();
        assertThat(http.get("/api/v1/troubles?job=x").status()).isEqualTo(400);
    }

    @Test
    void jobsOfSeveralStatesAreOneListInOrder() throws Exception {
        UUID first = submit(target);
        UUID second = submit(target);
        UUID third = submit(target);
        pass(second, 1);
        List<String> ids = new ArrayList<>();
        JsonNode page = get("/jobs?state=queued,running&limit=2");
        page.get("items").forEach(item -> ids.add(item.get("id").asString()));
        assertThat(ids).containsExactly(third.toString(), second.toString());
        JsonNode next = get(
                "/jobs?state=queued,running&limit=1&cursor=" + page.get("next").asString());
        assertThat(next.get("items").get(0).get("id").asString()).isEqualTo(first.toString());
    }
}
