package io.bohrwerk.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Who may do what, over real HTTP. */
@GuardedApi
class AccessTest {
    private static final String NOWHERE = "00000000-0000-0000-0000-000000000000";

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private static String[] with(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private JsonNode token(String scope) throws IOException, InterruptedException {
        Http.Answer made = http.post(
                "/api/v1/tokens",
                "{\"name\":\"for " + scope + "\",\"scope\":\"" + scope + "\"}",
                with(GuardedApi.ADMIN));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json();
    }

    private String secret(String scope) throws IOException, InterruptedException {
        return token(scope).get("token").asString();
    }

    private static void assertRefused(Http.Answer answer, int status) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(answer.json().get("detail").asString()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/jobs",
        "/api/v1/stats",
        "/api/v1/tokens",
        "/api/v1/session",
        "/api/v1/nothing",
        "/api/v1/failures/" + NOWHERE + "/log",
        "/api/v1/failures/" + NOWHERE + "/recording",
        "/api/v1/failures/" + NOWHERE + "/bundle",
        "/api/v1/jobs/" + NOWHERE + "/events",
        "/openapi",
        "/actuator",
        "/actuator/prometheus",
        "/actuator/env",
        "/elsewhere"
    })
    void withoutATokenNothingIsToBeHad(String path) throws Exception {
        Http.Answer answer = http.get(path);
        assertRefused(answer, 401);
        assertThat(answer.header("www-authenticate")).startsWith("Bearer");
        assertRefused(http.get(path, with("bw_" + "x".repeat(43))), 401);
        assertRefused(http.get(path, with("not.a.token")), 401);
        assertRefused(http.post(path, "{}"), 401);
    }

    @Test
    void thePageAndTheProbesAreForEveryone() throws Exception {
        assertThat(http.get("/").status()).isEqualTo(200);
        assertThat(http.get("/jobs/" + NOWHERE).text()).contains("<html");
        assertThat(http.get("/actuator/health").json().has("components")).isFalse();
        assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(http.get("/actuator/health", with(GuardedApi.ADMIN)).json().has("components"))
                .isTrue();
        // A cookie that has expired must not keep the page from loading.
        assertThat(http.get("/", "Cookie", "bohrwerk-session=bw_old").status()).isEqualTo(200);
    }

    @Test
    void aScopeReachesAsFarAsItSays() throws Exception {
        String read = secret("read");
        String submit = secret("submit");
        String admin = secret("admin");
        String job = "{\"target\":\"00000000\",\"strategy\":{\"kind\":\"random\"}}";
        assertThat(http.get("/api/v1/jobs", with(read)).status()).isEqualTo(200);
        assertThat(http.get("/openapi", with(read)).status()).isEqualTo(200);
        assertThat(http.get("/actuator/prometheus", with(read)).status()).isNotIn(401, 403);
        assertRefused(http.post("/api/v1/jobs", job, with(read)), 403);
        assertRefused(http.post("/api/v1/jobs/" + NOWHERE + "/cancel", "", with(read)), 403);
        assertRefused(http.post("/api/v1/crashes/" + NOWHERE + "/mark", "{}", with(read)), 403);
        assertRefused(
                http.send(http.request("/api/v1/targets/00000000")
                        .headers(with(read))
                        .DELETE()),
                403);
        assertRefused(http.post("/api/v1/retention/run", "", with(submit)), 403);
        assertRefused(http.post("/api/v1/audit/repair", "", with(submit)), 403);
        // Let in, and refused for what it says.
        assertThat(http.post("/api/v1/jobs", job, with(submit)).status()).isEqualTo(400);
        assertThat(http.post("/api/v1/jobs/" + NOWHERE + "/cancel", "", with(submit))
                        .status())
                .isEqualTo(404);
        for (String path : List.of("/api/v1/tokens", "/api/v1/audit", "/actuator/env")) {
            assertRefused(http.get(path, with(submit)), 403);
        }
        assertThat(http.get("/api/v1/tokens", with(admin)).status()).isEqualTo(200);
        assertThat(http.get("/actuator/env", with(admin)).status()).isEqualTo(404);
    }

    @Test
    void aTokenForMetricsReadsMetricsAlone() throws Exception {
        for (String metrics : List.of(secret("metrics"), GuardedApi.METRICS)) {
            assertThat(http.get("/actuator/prometheus", with(metrics)).status()).isNotIn(401, 403);
            for (String path :
                    List.of("/api/v1/jobs", "/api/v1/tokens", "/api/v1/trail", "/openapi", "/actuator/env")) {
                assertRefused(http.get(path, with(metrics)), 403);
            }
            assertRefused(http.post("/api/v1/jobs", "{}", with(metrics)), 403);
        }
    }

    @Test
    void aTokenEndsByItsDateOrByHand() throws Exception {
        JsonNode expiring = token("read");
        database.sql("update access_tokens set expires_at = now() - interval '1 second' where id = ?::uuid")
                .param(expiring.get("id").asString())
                .update();
        assertRefused(http.get("/api/v1/jobs", with(expiring.get("token").asString())), 401);
        JsonNode revoked = token("read");
        String secret = revoked.get("token").asString();
        assertThat(http.get("/api/v1/jobs", with(secret)).status()).isEqualTo(200);
        String path = "/api/v1/tokens/" + revoked.get("id").asString();
        Http.Answer gone =
                http.send(http.request(path).headers(with(GuardedApi.ADMIN)).DELETE());
        assertThat(gone.json().get("valid").asBoolean()).isFalse();
        assertRefused(http.get("/api/v1/jobs", with(secret)), 401);
        assertRefused(
                http.send(http.request("/api/v1/tokens/" + NOWHERE)
                        .headers(with(GuardedApi.ADMIN))
                        .DELETE()),
                404);
    }

    @Test
    void onlyTheHashIsKept() throws Exception {
        String secret = secret("read");
        List<String> rows = database.sql("select to_jsonb(t)::text from access_tokens t")
                .query(String.class)
                .list();
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(secret));
        assertThat(http.get("/api/v1/tokens", with(GuardedApi.ADMIN)).text()).doesNotContain(secret, "hash");
    }

    @Test
    void aTokenThatIsWrongIsRefusedInWords() throws Exception {
        for (String[] wrong : new String[][] {
            {"{\"name\":\"a\",\"scope\":\"root\"}", "scope"},
            {"{\"name\":\" \",\"scope\":\"read\"}", "name"},
            {"{\"name\":\"a\\nb\",\"scope\":\"read\"}", "name"},
            {"{\"name\":\"a\",\"scope\":\"read\",\"days\":0}", "days"},
            {"{\"name\":\"a\",\"scope\":\"read\",\"mostRunningJobs\":-1}", "mostRunningJobs"},
            {"{\"scope\":\"read\"}", "name"}
        }) {
            Http.Answer answer = http.post("/api/v1/tokens", wrong[0], with(GuardedApi.ADMIN));
            assertRefused(answer, 400);
            assertThat(answer.json().get("field").asString()).isEqualTo(wrong[1]);
        }
    }

    @Test
    void thePageSignsInWithACookie() throws Exception {
        String read = secret("read");
        assertRefused(http.post("/api/v1/session", "", with("bw_wrong")), 401);
        Http.Answer in = http.post("/api/v1/session", "", with(read));
        assertThat(in.status()).as(in.text()).isEqualTo(200);
        assertThat(in.json().get("scope").asString()).isEqualTo("read");
        String cookie = in.header("set-cookie");
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain("Domain");
        String[] signedIn = {"Cookie", cookie.substring(0, cookie.indexOf(';'))};
        assertThat(http.get("/api/v1/jobs", signedIn).status()).isEqualTo(200);
        assertThat(http.get("/api/v1/session", signedIn).json().get("name").asString())
                .isEqualTo("for read");
        assertRefused(http.post("/api/v1/jobs", "{}", signedIn), 403);
        // A stale cookie is no hindrance to signing in anew, or out.
        String[] stale = {"Cookie", "bohrwerk-session=bw_old"};
        assertRefused(http.get("/api/v1/jobs", stale), 401);
        assertThat(http.post("/api/v1/session", "", "Authorization", "Bearer " + read, stale[0], stale[1])
                        .status())
                .isEqualTo(200);
        Http.Answer out =
                http.send(http.request("/api/v1/session").headers(stale).DELETE());
        assertThat(out.status()).isEqualTo(204);
        assertThat(out.header("set-cookie")).contains("Max-Age=0");
    }

    @Test
    void anIssuersTokensCount() throws Exception {
        Instant later = Instant.now().plusSeconds(600);
        String url = GuardedApi.Issuer.url();
        String read = GuardedApi.Issuer.token(url, "openid bohrwerk:read", later);
        JsonNode who = http.get("/api/v1/session", with(read)).json();
        assertThat(who.get("name").asString()).isEqualTo("some one");
        assertThat(who.get("scope").asString()).isEqualTo("read");
        assertThat(http.get("/api/v1/jobs", with(read)).status()).isEqualTo(200);
        assertRefused(http.post("/api/v1/jobs", "{}", with(read)), 403);
        assertThat(http.get("/api/v1/tokens", with(GuardedApi.Issuer.token(url, "bohrwerk:admin", later)))
                        .status())
                .isEqualTo(200);
        assertRefused(http.get("/api/v1/jobs", with(GuardedApi.Issuer.token(url, "openid", later))), 403);
        String expired =
                GuardedApi.Issuer.token(url, "bohrwerk:admin", Instant.now().minusSeconds(600));
        assertRefused(http.get("/api/v1/jobs", with(expired)), 401);
        assertRefused(
                http.get("/api/v1/jobs", with(GuardedApi.Issuer.token("http://evil.example", "bohrwerk:admin", later))),
                401);
        String tampered = read.substring(0, read.length() - 4) + (read.endsWith("AAAA") ? "BBBB" : "AAAA");
        assertRefused(http.get("/api/v1/jobs", with(tampered)), 401);
    }

    @Test
    void aTokenHasItsLimits() throws Exception {
        String target = http.send(uploaded()).json().get("id").asString();
        String job = "{\"target\":\"" + target + "\",\"strategy\":{\"kind\":\"random\"},\"iterations\":%d}";
        Http.Answer made = http.post(
                "/api/v1/tokens",
                "{\"name\":\"small\",\"scope\":\"submit\",\"mostRunningJobs\":2,\"mostIterations\":1000}",
                with(GuardedApi.ADMIN));
        String[] small = with(made.json().get("token").asString());
        assertRefused(http.post("/api/v1/jobs", job.formatted(1_001), small), 429);
        Http.Answer first = http.post("/api/v1/jobs", job.formatted(600), small);
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.json().get("submittedBy").asString()).isEqualTo("small");
        Http.Answer tooMany = http.post("/api/v1/jobs", job.formatted(401), small);
        assertRefused(tooMany, 429);
        assertThat(tooMany.json().get("detail").asString()).contains("1000", "600");
        assertThat(http.post("/api/v1/jobs", job.formatted(400), small).status())
                .isEqualTo(201);
        Http.Answer third = http.post("/api/v1/jobs", job.formatted(1), small);
        assertRefused(third, 429);
        assertThat(third.json().get("detail").asString()).contains("2 jobs");
        http.post("/api/v1/jobs/" + first.json().get("id").asString() + "/cancel", "", small);
        assertThat(http.post("/api/v1/jobs", job.formatted(1), small).status()).isEqualTo(201);
    }

    private java.net.http.HttpRequest.Builder uploaded() {
        return http.form("/api/v1/targets", Samples.target("limits-" + UUID.randomUUID()))
                .headers(with(GuardedApi.ADMIN));
    }

    @Test
    void noSecretIsLogged() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> listener = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                said.add(event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())));
            }
        };
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        List<Logger> loggers = List.of(
                (Logger) LoggerFactory.getLogger("org.springframework.security"),
                (Logger) LoggerFactory.getLogger("org.springframework.web"),
                (Logger) LoggerFactory.getLogger("io.bohrwerk"));
        List<Level> before = loggers.stream().map(Logger::getLevel).toList();
        listener.setContext(root.getLoggerContext());
        listener.start();
        root.addAppender(listener);
        String secret;
        try {
            loggers.forEach(logger -> logger.setLevel(Level.DEBUG));
            secret = secret("submit");
            http.get("/api/v1/jobs", with(secret));
            http.get("/api/v1/failures/" + NOWHERE, with(secret));
            http.post("/api/v1/jobs", "{\"what\":", with(secret));
            http.post("/api/v1/session", "", with(secret));
            http.post("/api/v1/session", "", with(secret + " " + secret));
            http.get("/api/v1/session", "Cookie", "bohrwerk-session=" + secret);
            http.get("/api/v1/jobs", with(secret + "x"));
        } finally {
            root.detachAppender(listener);
            for (int i = 0; i < loggers.size(); i++) {
                loggers.get(i).setLevel(before.get(i));
            }
        }
        assertThat(said).hasSizeGreaterThan(10);
        assertThat(said).noneMatch(line -> line.contains(secret));
        assertThat(said).noneMatch(line -> line.contains(GuardedApi.ADMIN));
    }
}
