package io.bohrwerk.api.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.schedule.Schedule;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** How failures are listed: latest first, by page, and only those of a kind. */
@ApiTest
class FailureListTest {
    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    private Http http;
    /** In what every failure says, so that other tests' failures are not seen. */
    private String mark;

    private Digest target;
    private final UUID job = UUID.randomUUID();
    private final UUID crash = UUID.randomUUID();
    private int number;

    @BeforeEach
    void rows() {
        http = new Http(port);
        mark = UUID.randomUUID().toString().replaceAll("[0-9-]", "");
        target = Digest.of(job.toString().getBytes(StandardCharsets.UTF_8));
        database.sql("insert into targets (id, version, name, manifest, files, created_at)"
                        + " values (?, 0, 'list', '', '[]', now())")
                .param(target.hex())
                .update();
        database.sql("""
            insert into jobs (id, version, name, target_id, target_name, strategy, iteration_budget, stop_after_failures,
                iterations_per_batch, report_every, timer_period_nanos, state, created_at)
            values (?, 0, 'list', ?, 'list', '{"kind": "fixed", "shift": 4, "delay": 0}', 100, 0, 1, 1, 1, 'CANCELLED', now())""").params(job, target.hex()).update();
        database.sql("insert into crashes (id, version, signature, title, outcome, failures, first_seen, last_seen)"
                        + " values (?, 0, ?, ?, 'FAILED', 0, now(), now())")
                .params(crash, crash.toString(), mark)
                .update();
        database.sql("insert into crash_jobs (crash_id, job_id, failures) values (?, ?, 1)")
                .params(crash, job)
                .update();
    }

    private UUID failure(String reason, String title, String outcome, String replay) {
        UUID batch = UUID.randomUUID();
        database.sql("""
            insert into batches (id, version, job_id, number, attempt, state, schedule, iterations, iterations_run, queued_at)
            values (?, 0, ?, ?, 1, 'COMPLETED', '{}', 1, 1, now())""").params(batch, job, number++).update();
        UUID id = UUID.randomUUID();
        String coordinates =
                Wire.writeText(new Coordinates(target, target, "qemu 7.2", "-m 16M", Schedule.fixed(4, 0), 10, 1));
        database.sql("""
            insert into failures (id, version, job_id, batch_id, crash_id, attempt, worker_id, iteration, outcome, reason, title,
                instruction_count, report, replay, replay_note, coordinates, occurred_at)
            values (?, 0, ?, ?, ?, 1, 'w', 1, ?, ?, nullif(?, ''), 1, '', ?, '', ?::jsonb, now())""")
                .params(id, job, batch, crash, outcome, mark + " " + reason, title, replay, coordinates)
                .update();
        return id;
    }

    /** The last words of those that the list has, over all its pages. */
    private List<String> said(String query) throws Exception {
        List<String> said = new ArrayList<>();
        String cursor = "";
        do {
            Http.Answer answer = http.get("/api/v1/failures?limit=2&text="
                    + mark.toUpperCase(Locale.ROOT).substring(0, 8) + query + cursor);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            answer.json()
                    .get("items")
                    .forEach(failure -> said.add(failure.get("reason")
                            .asString()
                            .substring(mark.length())
                            .strip()));
            JsonNode next = answer.json().get("next");
            cursor = next.isNull() ? "" : "&cursor=" + URLEncoder.encode(next.asString(), StandardCharsets.UTF_8);
        } while (!cursor.isEmpty());
        return said;
    }

    @Test
    void onlyThoseOfAKindAreListedPageByPage() throws Exception {
        failure("a", "", "FAILED", "VERIFIED");
        failure("b", "", "HUNG", "DIVERGED");
        failure("c", "", "HUNG", "VERIFIED");
        failure("d", "", "PANICKED", "NOT_REPLAYED");
        failure("e", "", "HUNG", "VERIFIED");
        failure("f", "", "HUNG", "VERIFIED");
        assertThat(said("")).containsExactly("f", "e", "d", "c", "b", "a");
        assertThat(said("&outcome=hung")).containsExactly("f", "e", "c", "b");
        assertThat(said("&replay=verified")).containsExactly("f", "e", "c", "a");
        assertThat(said("&outcome=hung&replay=verified")).containsExactly("f", "e", "c");
        assertThat(said("&replay=not-replayed")).containsExactly("d");
        assertThat(said("&outcome=failed&replay=diverged")).isEmpty();
    }

    @Test
    void textIsLookedForInWhatIsShown() throws Exception {
        failure("behind a title", mark + " 100%_done", "PANICKED", "VERIFIED");
        failure("plain", "", "FAILED", "VERIFIED");
        String path = "/api/v1/failures?report=false&text=" + mark;
        assertThat(http.get(path + "%20100%25_D").json().get("items")).hasSize(1);
        assertThat(http.get(path + "%20plain").json().get("items")).hasSize(1);
        assertThat(http.get(path + "%20behind").json().get("items")).isEmpty();
        // Not a pattern.
        assertThat(http.get(path + "%20p_ain").json().get("items")).isEmpty();
    }

    @Test
    void aKindThatThereIsNotIsRefused() throws Exception {
        Http.Answer refused = http.get("/api/v1/failures?outcome=passed");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("rule").asString()).contains("failed, hung, panicked");
        assertThat(http.get("/api/v1/failures?replay=maybe").status()).isEqualTo(400);
        assertThat(http.get("/api/v1/failures?text=%00").status()).isEqualTo(400);
        assertThat(http.get("/api/v1/crashes?target=nowhere").status()).isEqualTo(400);
    }

    @Test
    void aCrashLeadsToItsLatestFailureAndIsFoundByItsTarget() throws Exception {
        failure("first", "", "FAILED", "VERIFIED");
        UUID latest = failure("second", "", "FAILED", "VERIFIED");
        JsonNode found = http.get("/api/v1/crashes?sort=last-seen&target=" + target.hex())
                .json()
                .get("items");
        assertThat(found).hasSize(1);
        assertThat(found.get(0).get("id").asString()).isEqualTo(crash.toString());
        assertThat(found.get(0).get("latestFailureId").asString()).isEqualTo(latest.toString());
        assertThat(http.get("/api/v1/crashes?state=fixed&target=" + target.hex())
                        .json()
                        .get("items"))
                .isEmpty();
    }
}
