package io.bohrwerk.api.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.work.Sweep;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.conformance.Conformance.Answer;
import io.bohrwerk.protocol.conformance.Conformance.Finding;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.conformance.Conformance.Verdict;
import io.bohrwerk.protocol.conformance.GuestKey;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;

/** Targets and jobs whose guests do not serve everything. */
@ApiTest
class CheckTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @LocalServerPort
    private int port;

    @Autowired
    private Checks checks;

    @Autowired
    private Sweep sweep;

    @Autowired
    private Fleet fleet;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    @Autowired
    private JdbcClient database;

    private Http http;
    private Http.Part[] files = {};
    private String target = "";

    @BeforeEach
    void upload() throws Exception {
        http = new Http(port);
        String name = "checked-" + UUID.randomUUID();
        files = new Http.Part[] {
            Http.Part.file("target.yaml", """
                    name: %s
                    machine: {arch: i386, memory: 16MiB, timerPeriod: 1ms, timerHz: [100, 2000]}
                    boot: {kernel: kernel.elf}
                    test: {iterationsPerBatch: 10, extraInterrupt: true}
                    """.formatted(name)), Http.Part.file("kernel.elf", "a kernel")
        };
        target = http.upload("/api/v1/targets", files).json().get("id").asString();
    }

    @AfterEach
    void clear() {
        database.sql("update jobs set state = 'CANCELLED' where state in ('QUEUED', 'RUNNING')")
                .update();
        database.sql("update batches set state = 'WITHDRAWN' where state = 'QUEUED'")
                .update();
        database.sql("delete from target_checks").update();
    }

    private Conformance finding(Map<GuestKey, Service> other, Verdict replays, @Nullable String period) {
        Map<GuestKey, Finding> keys = new EnumMap<>(GuestKey.class);
        for (GuestKey key : GuestKey.values()) {
            keys.put(key, new Finding(other.getOrDefault(key, Service.EXACT), "measured of " + key.word()));
        }
        Answer yes = new Answer(Verdict.YES, "seen");
        return new Conformance(
                Wire.VERSION,
                new Digest(target),
                "7.2.19",
                Instant.parse("2026-12-01T00:00:00Z"),
                keys,
                yes,
                yes,
                new Answer(replays, "the replay stood still"),
                VirtualTime.parse("1ms"),
                period == null ? null : VirtualTime.parse(period),
                "seen");
    }

    private Conformance without(GuestKey key) {
        return finding(Map.of(key, Service.NOT_SERVED), Verdict.YES, null);
    }

    private Http.Answer uploadWith(String finding) throws Exception {
        return http.upload("/api/v1/targets", files[0], files[1], Http.Part.file(Conformance.FILE_NAME, finding));
    }

    private void keep(Conformance finding) throws Exception {
        assertThat(uploadWith(Wire.writeText(finding)).status()).isEqualTo(200);
    }

    private JsonNode check() throws Exception {
        return http.get("/api/v1/targets/" + target).json().get("check");
    }

    private UUID order() throws Exception {
        Http.Answer ordered = http.post("/api/v1/targets/" + target + "/check", "");
        assertThat(ordered.status()).as(ordered.text()).isEqualTo(202);
        return database.sql("select id from target_checks where target_id = ?")
                .param(target)
                .query(UUID.class)
                .single();
    }

    private Check.Report report(
            UUID check, int attempt, @Nullable Conformance found, @Nullable InfrastructureTrouble trouble) {
        Instant now = Instant.now();
        return new Check.Report(
                Wire.VERSION,
                check,
                new Digest(target),
                attempt,
                "worker-1",
                now.minusSeconds(1),
                now,
                found,
                trouble == null ? null : new Check.Troubled(trouble, "it broke"));
    }

    private Http.Answer submit(String strategy, String more) throws Exception {
        return http.post("/api/v1/jobs", "{\"target\": \"" + target + "\", \"strategy\": " + strategy + more + "}");
    }

    private String submitted(String strategy) throws Exception {
        Http.Answer answer = submit(strategy, ", \"iterations\": 40");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().get("id").asString();
    }

    private JsonNode job(String id) throws Exception {
        return http.get("/api/v1/jobs/" + id).json();
    }

    private int batches(String job) throws Exception {
        return http.get("/api/v1/jobs/" + job + "/batches").json().get("items").size();
    }

    @Test
    void aFindingComesWithTheTargetAndIsShown() throws Exception {
        assertThat(check().isNull()).as("nobody checked it").isTrue();
        assertThat(http.get("/api/v1/jobs/" + submitted("\"random\"") + "/batches")
                        .json()
                        .get("items"))
                .isNotEmpty();
        Conformance finding = without(GuestKey.DELAYS);
        JsonNode view = uploadWith(Wire.writeText(finding)).json().get("check");
        assertThat(view.get("state").asString()).isEqualTo("COMPLETED");
        assertThat(view.at("/found/keys/delays/service").asString()).isEqualTo("NOT_SERVED");
        assertThat(check()).isEqualTo(view);
        boolean listed = false;
        for (JsonNode each : http.get("/api/v1/targets?limit=5").json().get("items")) {
            listed |= each.get("id").asString().equals(target)
                    && each.at("/check/found/replays/verdict").asString().equals("YES");
        }
        assertThat(listed).isTrue();
        Http.Answer foreign = uploadWith(Wire.writeText(finding).replace(target, "a".repeat(64)));
        assertThat(foreign.status()).isEqualTo(400);
        assertThat(foreign.json().get("field").asString()).isEqualTo("check.json");
        assertThat(foreign.json().get("rule").asString()).contains("must be of this target");
        for (String bad : List.of("", "{}", "[1]", "{\"version\": 99}", "x".repeat(300_000))) {
            assertThat(uploadWith(bad).status())
                    .as(bad.substring(0, Math.min(9, bad.length())))
                    .isEqualTo(400);
        }
        assertThat(check()).isEqualTo(view);
        assertThat(http.delete("/api/v1/targets/" + target).status()).isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELAY | {`kind`: `fixed`, `delay`: 5} | `fixed` |",
                "SEED | `random` | {`kind`: `fixed`, `delay`: 5} |",
                "WINDOW | `random` | `traced` |",
                "STRIDE | `sweep` | `aligned` |",
                "ALIGN | `aligned` | `random` |",
                "ALIGN | `adaptive` | {`kind`: `adaptive`, `strategies`: [`random`]} |",
                "DELAYS | `traced` | `sweep` |",
                "HZ | `random` | `random` | {`timerHz`: 500}",
                "EXTRA | `random` | `random` | {`extra`: {`offset`: 5}}",
            })
    void whatTheGuestDoesNotServeIsRefusedByName(GuestKey key, String refused, String taken, @Nullable String setting)
            throws Exception {
        keep(without(key));
        String more = setting == null ? "" : ", \"setting\": " + setting;
        Http.Answer answer = submit(json(refused), json(more));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("field").asString())
                .isEqualTo(
                        setting == null ? "strategy.kind" : key == GuestKey.HZ ? "setting.timerHz" : "setting.extra");
        assertThat(answer.json().get("value").asString()).isNotEmpty();
        assertThat(answer.json().get("rule").asString())
                .startsWith("cannot be run: the guest does not serve " + key.word() + ": measured of " + key.word());
        submitted(json(taken));
    }

    private static String json(String quoted) {
        return quoted.replace('`', '"');
    }

    @Test
    void aTargetThatIsNotWhatItSaysIsRefused() throws Exception {
        keep(finding(Map.of(), Verdict.YES, "4ms"));
        Http.Answer period = submit("\"random\"", "");
        assertThat(period.status()).isEqualTo(400);
        assertThat(period.json().get("field").asString()).isEqualTo("target");
        assertThat(period.json().get("rule").asString()).contains("timerPeriod", "says 1ms", "measured 4ms");
        submitted("{\"kind\": \"fixed\", \"delay\": 3}");
        assertThat(submit("\"random\"", ", \"setting\": {\"timerHz\": 500}").status())
                .as("the period is the job's own")
                .isEqualTo(201);
    }

    @Test
    void withoutReplaysOnlyFailuresCanBeCounted() throws Exception {
        keep(finding(Map.of(), Verdict.NO, null));
        Http.Answer refused = submit("\"random\"", "");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("rule").asString()).contains("must replay", "the replay stood still");
        assertThat(submit("\"random\"", ", \"setting\": {\"icount\": false}").status())
                .isEqualTo(201);
    }

    @Test
    void placesNeedDelaysToTheInstruction() throws Exception {
        keep(finding(Map.of(GuestKey.WINDOW, Service.INEXACT), Verdict.YES, null));
        Http.Answer refused = submit("\"sweep\"", "");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("rule").asString()).contains("window to the instruction: measured of window");
        submitted("\"random\"");
    }

    @Test
    void aJobWaitsForTheCheckAndGoesOn() throws Exception {
        UUID check = order();
        assertThat(order()).as("one that is under way is enough").isEqualTo(check);
        String random = submitted("\"random\"");
        String traced = submitted("\"traced\"");
        fleet.hear(new WorkerHeartbeat(Wire.VERSION, "w", "host", 2, "qemu", Instant.now(), List.of(), null));
        assertThat(job(random).get("waitsFor").asString()).isEqualTo("its target is being checked");
        assertThat(batches(random)).isZero();
        assertThat(traces(traced)).isZero();
        sweep.heard(new WorkerHeartbeat(
                Wire.VERSION,
                "w",
                "host",
                2,
                "qemu",
                Instant.now(),
                List.of(new RunningWork(Check.KIND, check, null, 1, 0)),
                null));
        assertThat(check().get("state").asString()).isEqualTo("RUNNING");
        byte[] message = Wire.write(report(check, 1, finding(Map.of(), Verdict.YES, null), null));
        kafka.send(Topics.reports(Check.KIND), target, message).get();
        kafka.send(Topics.reports(Check.KIND), target, message).get();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (batches(random) == 0) {
            assertThat(System.nanoTime()).as("the report is taken in").isLessThan(end);
            Thread.sleep(50);
        }
        database.sql("delete from workers where id = 'w'").update();
        assertThat(check().get("workerId").asString()).isEqualTo("worker-1");
        assertThat(traces(traced)).isEqualTo(1);
        assertThat(job(random).get("state").asString()).isEqualTo("QUEUED");
    }

    private int traces(String job) {
        return database.sql("select count(*) from traces where job_id = ?")
                .param(UUID.fromString(job))
                .query(Integer.class)
                .single();
    }

    @Test
    void aJobThatWaitedEndsWithTheReasonBeforeAnythingRuns() throws Exception {
        UUID check = order();
        String aligned = submitted("\"aligned\"");
        String random = submitted("\"random\"");
        checks.accept(report(check, 1, without(GuestKey.ALIGN), null));
        assertThat(job(aligned).get("state").asString()).isEqualTo("ERROR");
        assertThat(job(aligned).get("message").asString())
                .contains("strategy.kind", "aligned", "the guest does not serve align=tick: measured of align=tick");
        assertThat(batches(aligned)).isZero();
        assertThat(batches(random)).isPositive();
    }

    @Test
    void aCheckInTroubleIsTriedAgainAndHoldsUpNoJobForEver() throws Exception {
        UUID check = order();
        String job = submitted("\"random\"");
        for (int attempt = 1; attempt < 5; attempt++) {
            checks.accept(report(check, attempt, null, InfrastructureTrouble.EMULATOR_DIED));
            checks.accept(report(check, attempt, null, InfrastructureTrouble.EMULATOR_DIED));
            assertThat(check().get("attempt").asInt()).isEqualTo(attempt + 1);
            assertThat(batches(job)).isZero();
        }
        checks.accept(report(check, 5, null, InfrastructureTrouble.GUEST_TOO_LARGE));
        assertThat(check().get("state").asString())
                .as("another worker may serve it")
                .isEqualTo("QUEUED");
        checks.accept(report(check, 6, null, InfrastructureTrouble.EMULATOR_DIED));
        assertThat(check().get("state").asString()).isEqualTo("ERROR");
        assertThat(check().get("message").asString()).isEqualTo("EMULATOR_DIED: it broke");
        assertThat(batches(job)).isPositive();
        checks.accept(report(check, 2, without(GuestKey.ALIGN), null));
        assertThat(check().get("state").asString()).as("better late than never").isEqualTo("COMPLETED");
        assertThat(submit("\"aligned\"", "").status()).isEqualTo(400);

        assertThat(order()).as("again").isEqualTo(check);
        String second = submitted("\"random\"");
        assertThat(batches(second)).isZero();
        checks.accept(report(check, 1, null, InfrastructureTrouble.TARGET_UNBOOTABLE));
        assertThat(check().get("state").asString())
                .as("it would be so each time")
                .isEqualTo("ERROR");
        assertThat(batches(second)).isPositive();
    }

    @Test
    void aTargetMayBeRemovedWhileItIsChecked() throws Exception {
        UUID check = order();
        assertThat(http.delete("/api/v1/targets/" + target).status()).isEqualTo(204);
        checks.accept(report(check, 1, finding(Map.of(), Verdict.YES, null), null));
        assertThat(http.get("/api/v1/targets/" + target).status()).isEqualTo(404);
    }

    @Test
    void aRefusalNamesWhatTheGuestCanRun() throws Exception {
        keep(without(GuestKey.ALIGN));
        assertThat(submit("\"sweep\"", "").json().get("rule").asString()).endsWith(". It can run fixed, random");
    }

    @Test
    void aCheckThatTheQueueLostIsQueuedAgain() throws Exception {
        UUID check = order();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (database.sql("select exists (select 1 from outbox where work_id = ?)")
                .param(check)
                .query(Boolean.class)
                .single()) {
            assertThat(System.nanoTime()).as("the message is sent").isLessThan(end);
            Thread.sleep(50);
        }
        database.sql("delete from workers").update();
        fleet.hear(new WorkerHeartbeat(Wire.VERSION, "w", "host", 2, "qemu", Instant.now(), List.of(), null));
        sweep.check(Instant.now().plus(Duration.ofMinutes(16)));
        database.sql("delete from workers where id = 'w'").update();
        assertThat(check().get("attempt").asInt()).isEqualTo(2);
        assertThat(check().get("message").asString()).startsWith("nothing was heard of it");
    }
}
