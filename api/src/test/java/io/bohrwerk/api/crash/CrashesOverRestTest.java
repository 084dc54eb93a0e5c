package io.bohrwerk.api.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.api.signature.Marks;
import io.bohrwerk.api.signature.Signature;
import io.bohrwerk.protocol.batch.Outcome;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** How crashes are listed, and what people may say about them. */
@ApiTest
class CrashesOverRestTest {
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    @LocalServerPort
    private int port;

    @Autowired
    private CrashCounter counter;

    @Autowired
    private TransactionTemplate transaction;

    private Http http;
    /** In every title, so that other tests' crashes are not seen. */
    private String mark;

    private UUID job;

    @BeforeEach
    void makeAJob() throws Exception {
        http = new Http(port);
        mark = UUID.randomUUID().toString().replaceAll("[0-9-]", "");
        String target = http.upload("/api/v1/targets", Samples.target("crashes"))
                .json()
                .get("id")
                .asString();
        job = UUID.fromString(http.post("/api/v1/jobs", "{\"target\":\"" + target + "\",\"strategy\":\"random\"}")
                .json()
                .get("id")
                .asString());
    }

    private String fail(String name, boolean verified, int secondsLater) {
        String title = mark + " " + name;
        Crash crash = transaction.execute(status -> counter.count(
                job,
                Marks.of(new Signature("FAILED " + title, title)),
                Outcome.FAILED,
                verified,
                LONG_AGO.plusSeconds(secondsLater)));
        return java.util.Objects.requireNonNull(crash).id().toString();
    }

    private List<String> names(String query) throws Exception {
        List<String> names = new ArrayList<>();
        String cursor = "";
        do {
            Http.Answer answer = http.get(
                    "/api/v1/crashes?limit=2&text=" + mark.toUpperCase(java.util.Locale.ROOT) + query + cursor);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            answer.json()
                    .get("items")
                    .forEach(crash -> names.add(crash.get("title").asString().substring(mark.length() + 1)));
            JsonNode next = answer.json().get("next");
            cursor = next.isNull() ? "" : "&cursor=" + URLEncoder.encode(next.asString(), StandardCharsets.UTF_8);
        } while (!cursor.isEmpty());
        return names;
    }

    @Test
    void aListIsSortedAndPagedByTheServer() throws Exception {
        fail("b", true, 5);
        fail("a", true, 9);
        fail("d", false, 1);
        fail("c", true, 9);
        fail("d", true, 2);
        assertThat(names("")).containsExactly("c", "d", "a", "b");
        assertThat(names("&sort=title")).containsExactly("a", "b", "c", "d");
        assertThat(names("&sort=failures")).containsExactly("d", "c", "a", "b");
        assertThat(names("&sort=last-seen")).containsExactly("c", "a", "b", "d");
        assertThat(names("&sort=first-seen")).containsExactly("c", "a", "b", "d");
        assertThat(names("&state=fixed")).isEmpty();
        String cursor = http.get("/api/v1/crashes?limit=1&sort=title")
                .json()
                .path("next")
                .asString();
        assertThat(http.get("/api/v1/crashes?sort=failures&cursor=" + cursor).status())
                .isEqualTo(400);
        Http.Answer refused = http.get("/api/v1/crashes?sort=colour");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("rule").asString()).contains("last-seen");
    }

    @Test
    void aCrashKnowsItsTargetsAndItsVerifiedReplays() throws Exception {
        fail("x", true, 0);
        JsonNode crash = http.get("/api/v1/crashes/" + fail("x", false, 1)).json();
        assertThat(crash.get("failures").asLong()).isEqualTo(2);
        assertThat(crash.get("verified").asLong()).isEqualTo(1);
        assertThat(crash.get("targets").get(0).get("name").asString()).isEqualTo("crashes");
        assertThat(http.get("/api/v1/jobs/" + job + "/crashes").text())
                .contains(crash.get("id").asString());
    }

    @Test
    void whatIsDecidedIsKeptAndAFixedCrashComesBack() throws Exception {
        String id = fail("y", true, 0);
        String other = fail("z", true, 0);
        String path = "/api/v1/crashes/" + id;
        assertThat(http.post(path + "/rename", "{\"title\":\"" + mark + " renamed\"}")
                        .status())
                .isEqualTo(200);
        JsonNode fixed = http.post(path + "/mark", "{\"state\":\"FIXED\",\"note\":\"by 4711\"}")
                .json();
        assertThat(fixed.get("state").asString()).isEqualTo("FIXED");
        assertThat(names("&state=fixed")).containsExactly("renamed");
        assertThat(fail("y", true, 3)).isEqualTo(id);
        assertThat(http.get(path).json().get("state").asString()).isEqualTo("OPEN");
        assertThat(http.post(path + "/mark", "{\"state\":\"DUPLICATE\",\"duplicateOf\":\"" + other + "\"}")
                        .json()
                        .get("duplicateOf")
                        .asString())
                .isEqualTo(other);
        List<String> kinds = new ArrayList<>();
        http.get(path + "/history")
                .json()
                .get("items")
                .forEach(change -> kinds.add(
                        change.get("kind").asString() + " " + change.get("note").asString()));
        assertThat(kinds).containsExactly("MARKED ", "CAME_BACK ", "MARKED by 4711", "RENAMED ");
        for (String wrong : List.of(
                "{\"state\":\"DUPLICATE\"}",
                "{\"state\":\"DUPLICATE\",\"duplicateOf\":\"" + id + "\"}",
                "{\"state\":\"OPEN\",\"duplicateOf\":\"" + other + "\"}",
                "{\"state\":\"GONE\"}")) {
            assertThat(http.post(path + "/mark", wrong).status()).as(wrong).isEqualTo(400);
        }
        assertThat(http.post(path + "/rename", "{\"title\":\" \"}").status()).isEqualTo(400);
        assertThat(http.get("/api/v1/crashes/counts").json().get("DUPLICATE").asLong())
                .isPositive();
    }

    @Test
    void failuresAreCountedByTheHour() throws Exception {
        transaction.executeWithoutResult(status -> counter.count(
                job, Marks.of(new Signature("FAILED " + mark, mark)), Outcome.FAILED, true, Instant.now()));
        JsonNode hours = http.get("/api/v1/stats/hours?hours=2").json().get("items");
        assertThat(hours.get(hours.size() - 1).get("failures").asLong()).isPositive();
        assertThat(hours.get(hours.size() - 1).get("crashes").asLong()).isPositive();
        assertThat(http.get("/api/v1/stats/hours?hours=0").status()).isEqualTo(400);
    }
}
