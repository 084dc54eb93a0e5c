package io.bohrwerk.api.trail;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.api.access.GuardedApi;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Who did what, as an administrator sees it, over real HTTP. */
@GuardedApi
class TrailTest {
    private static final Set<RequestMethod> HARMLESS =
            Set.of(RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS);
    private static final String[] ADMIN = with(GuardedApi.ADMIN);

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping addresses;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private static String[] with(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private List<JsonNode> entries(String query) throws Exception {
        Http.Answer answer = http.get("/api/v1/trail?" + query, ADMIN);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        List<JsonNode> all = new ArrayList<>();
        answer.json().get("items").forEach(all::add);
        return all;
    }

    private JsonNode only(String query) throws Exception {
        List<JsonNode> found = entries(query);
        assertThat(found).as(query).hasSize(1);
        return found.get(0);
    }

    private JsonNode token(String name, String scope) throws Exception {
        Http.Answer made =
                http.post("/api/v1/tokens", "{\"name\":\"" + name + "\",\"scope\":\"" + scope + "\"}", ADMIN);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json();
    }

    private String target(String... headers) throws Exception {
        Http.Answer made = http.send(http.form("/api/v1/targets", Samples.target("trail-" + UUID.randomUUID()))
                .headers(headers));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().get("id").asString();
    }

    private String job(String target, String... headers) throws Exception {
        Http.Answer made = http.post(
                "/api/v1/jobs", "{\"target\":\"" + target + "\",\"strategy\":\"random\",\"iterations\":10}", headers);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().get("id").asString();
    }

    @Test
    void whoMadeAndCancelledAJobFromWhere() throws Exception {
        JsonNode token = token("hunter", "submit");
        String[] hunter = with(token.get("token").asString());
        String target = target(hunter);
        String job = job(target, hunter);
        assertThat(http.post("/api/v1/jobs/" + job + "/cancel", "", hunter).status())
                .isEqualTo(200);
        List<JsonNode> ofJob = entries("subject=" + job);
        assertThat(ofJob)
                .extracting(entry -> entry.get("act").asString())
                .containsExactly("jobs.cancel", "jobs.create");
        for (JsonNode entry : ofJob) {
            assertThat(entry.get("caller").asString()).isEqualTo("hunter");
            assertThat(entry.get("callerId").asString())
                    .isEqualTo("token:" + token.get("id").asString());
            assertThat(entry.get("address").asString()).isEqualTo("127.0.0.1");
            assertThat(Instant.parse(entry.get("at").asString())).isBefore(Instant.now());
        }
        assertThat(ofJob.get(0).get("status").asInt()).isEqualTo(200);
        assertThat(ofJob.get(1).get("status").asInt()).isEqualTo(201);
        assertThat(ofJob.get(1).get("detail").asString()).contains("\"strategy\":\"random\"", target);
        assertThat(only("subject=" + target).get("act").asString()).isEqualTo("targets.create");
        JsonNode made = only("subject=" + token.get("id").asString());
        assertThat(made.get("act").asString()).isEqualTo("tokens.create");
        assertThat(made.get("caller").asString()).isEqualTo("admin-token-file");
        assertThat(database.sql("select to_jsonb(t)::text from trail t")
                        .query(String.class)
                        .list())
                .noneMatch(row -> row.contains(token.get("token").asString()) || row.contains(GuardedApi.ADMIN));
    }

    @Test
    void tokensTargetsRetentionAndRepairsAreThereToo() throws Exception {
        String token = token("short-lived", "read").get("id").asString();
        http.send(http.request("/api/v1/tokens/" + token).headers(ADMIN).DELETE());
        assertThat(entries("subject=" + token))
                .extracting(entry -> entry.get("act").asString())
                .containsExactly("tokens.delete", "tokens.create");
        String target = target(ADMIN);
        assertThat(http.send(http.request("/api/v1/targets/" + target)
                                .headers(ADMIN)
                                .DELETE())
                        .status())
                .isEqualTo(204);
        assertThat(only("subject=" + target + "&act=targets.delete")
                        .get("status")
                        .asInt())
                .isEqualTo(204);
        int runs = entries("act=retention.run").size();
        assertThat(http.post("/api/v1/retention/run", "", ADMIN).status()).isEqualTo(200);
        assertThat(entries("act=retention.run")).hasSize(runs + 1);
        assertThat(http.post("/api/v1/audit/repair?grace=31622400", "", ADMIN).status())
                .isEqualTo(200);
        JsonNode repair = entries("act=audit.repair").get(0);
        assertThat(repair.get("detail").asString()).isEqualTo("grace=31622400");
        assertThat(repair.get("subject").isNull()).isTrue();
    }

    @Test
    void aUserOfAnIssuerIsNamedWithTheIssuersWords() throws Exception {
        String jwt = GuardedApi.Issuer.token(
                GuardedApi.Issuer.url(), "bohrwerk:submit", Instant.now().plusSeconds(600));
        String target = target(with(jwt));
        JsonNode entry = only("subject=" + target);
        assertThat(entry.get("caller").asString()).isEqualTo("some one");
        assertThat(entry.get("callerId").asString()).isEqualTo("oidc:" + GuardedApi.Issuer.url() + " someone");
        assertThat(entries("caller=some%20one")).contains(entry);
    }

    @Test
    void whatWasRefusedOrChangedNothingLeavesNothing() throws Exception {
        String[] reader = with(token("reader", "read").get("token").asString());
        String target = target(ADMIN);
        String job = job(target, ADMIN);
        String nowhere = UUID.randomUUID().toString();
        assertThat(http.post("/api/v1/jobs/" + job + "/cancel", "", reader).status())
                .isEqualTo(403);
        assertThat(http.post("/api/v1/jobs/" + nowhere + "/cancel", "", ADMIN).status())
                .isEqualTo(404);
        assertThat(http.send(http.request("/api/v1/targets/" + target)
                                .headers(ADMIN)
                                .DELETE())
                        .status())
                .isEqualTo(409);
        assertThat(http.get("/api/v1/jobs/" + job, ADMIN).status()).isEqualTo(200);
        assertThat(only("subject=" + job).get("act").asString()).isEqualTo("jobs.create");
        assertThat(entries("subject=" + nowhere)).isEmpty();
        assertThat(only("subject=" + target).get("act").asString()).isEqualTo("targets.create");
        assertThat(entries("caller=reader")).isEmpty();
    }

    /** One transaction: without its row there is no act. */
    @Test
    void whatCannotBeWrittenDownIsNotDone() throws Exception {
        String job = job(target(ADMIN), ADMIN);
        database.sql("alter table trail add constraint full_up check (subject is distinct from '" + job
                        + "') not valid")
                .update();
        try {
            assertThat(http.post("/api/v1/jobs/" + job + "/cancel", "", ADMIN).status())
                    .isGreaterThanOrEqualTo(400);
            assertThat(http.get("/api/v1/jobs/" + job, ADMIN)
                            .json()
                            .get("state")
                            .asString())
                    .isNotEqualTo("CANCELLED");
        } finally {
            database.sql("alter table trail drop constraint full_up").update();
        }
        assertThat(http.post("/api/v1/jobs/" + job + "/cancel", "", ADMIN)
                        .json()
                        .get("state")
                        .asString())
                .isEqualTo("CANCELLED");
        assertThat(entries("subject=" + job + "&act=jobs.cancel")).hasSize(1);
    }

    /** Also of those that somebody adds: a name of its own for everything that changes something, but for sessions and uploads. */
    @Test
    void everyAddressThatChangesSomethingHasAName() {
        Set<String> names = new HashSet<>();
        addresses.getHandlerMethods().forEach((mapping, method) -> {
            for (RequestMethod verb : mapping.getMethodsCondition().getMethods()) {
                for (String pattern : mapping.getPatternValues()) {
                    if (!HARMLESS.contains(verb) && pattern.startsWith("/api/v1/")) {
                        String name = Act.name(verb.name(), pattern);
                        assertThat(name).matches("[a-z-]+(\\.[a-z-]+)+");
                        assertThat(names.add(name)).as(name).isTrue();
                    }
                }
            }
        });
        assertThat(names)
                .contains(
                        "jobs.create",
                        "jobs.cancel",
                        "jobs.compare",
                        "jobs.is-it-fixed",
                        "targets.create",
                        "targets.check",
                        "targets.delete",
                        "crashes.merge",
                        "crashes.split",
                        "crashes.rename",
                        "crashes.mark",
                        "failures.replay",
                        "failures.divergence",
                        "failures.adjacent",
                        "failures.when",
                        "tokens.create",
                        "tokens.delete",
                        "retention.run",
                        "audit.repair");
    }

    @Test
    void itIsReadInPagesAndByFilter() throws Exception {
        String job = job(target(ADMIN), ADMIN);
        for (int i = 0; i < 3; i++) {
            http.post("/api/v1/jobs/" + job + "/cancel", "", ADMIN);
        }
        String filter = "subject=" + job + "&act=jobs";
        JsonNode first = http.get("/api/v1/trail?limit=3&" + filter, ADMIN).json();
        assertThat(first.get("items")).hasSize(3);
        JsonNode second = http.get(
                        "/api/v1/trail?limit=3&" + filter + "&cursor="
                                + first.get("next").asString(),
                        ADMIN)
                .json();
        assertThat(second.get("items")).hasSize(1);
        assertThat(second.get("next").isNull()).isTrue();
        String at = second.get("items").get(0).get("at").asString();
        assertThat(entries(filter + "&since=" + at)).hasSize(4);
        assertThat(entries(filter + "&until=" + at)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"act, JOBS", "act, '%25'", "since, yesterday", "until, 7", "limit, 0", "cursor, x"})
    void aFilterThatIsNoneIsRefused(String field, String value) throws Exception {
        Http.Answer answer = http.get("/api/v1/trail?" + field + "=" + value, ADMIN);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo(field);
    }

    @Test
    void onlyAdministratorsReadItAndNobodyChangesIt() throws Exception {
        for (String scope : List.of("read", "submit")) {
            assertThat(http.get(
                                    "/api/v1/trail",
                                    with(token("a " + scope, scope).get("token").asString()))
                            .status())
                    .isEqualTo(403);
        }
        assertThat(http.get("/api/v1/trail").status()).isEqualTo(401);
        for (HttpRequest.Builder request : List.of(
                http.request("/api/v1/trail").DELETE(),
                http.request("/api/v1/trail/1").DELETE(),
                http.request("/api/v1/trail").POST(HttpRequest.BodyPublishers.ofString("{}")))) {
            assertThat(http.send(request.headers(ADMIN)).status()).isIn(404, 405);
        }
    }

    @Test
    void oldEntriesAreForgotten() throws Exception {
        String job = job(target(ADMIN), ADMIN);
        http.post("/api/v1/jobs/" + job + "/cancel", "", ADMIN);
        database.sql("update trail set at = now() - interval '366 days' where subject = ? and act = 'jobs.create'")
                .param(job)
                .update();
        assertThat(http.post("/api/v1/retention/run", "", ADMIN).status()).isEqualTo(200);
        assertThat(only("subject=" + job).get("act").asString()).isEqualTo("jobs.cancel");
    }
}
