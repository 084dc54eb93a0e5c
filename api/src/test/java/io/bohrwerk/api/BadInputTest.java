package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What careless and hostile clients send. Whatever it is, the answer says what is wrong, and the next client is served. */
@ApiTest
class BadInputTest {
    private static final String NOWHERE = "00000000-0000-0000-0000-000000000000";
    /** Only ever used up when the server is stuck. */
    private static final int PATIENCE_MILLIS = 60_000;

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private void assertServing() throws Exception {
        assertThat(http.get("/api/v1/jobs?limit=1").status()).isEqualTo(200);
    }

    private Socket open(String bytes) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    /** @return all that comes until the server hangs up */
    private String raw(String bytes) throws IOException {
        try (Socket socket = open(bytes)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/crashes?title=%ff",
                "/api/v1/crashes?title=a%00b",
                "/api/v1/crashes?%ff=a",
                "/api/v1/failures?title=%c3%28",
                "/api/v1/jobs?state=%00",
                "/api/v1/jobs?limit=%0",
                "/api/v1/jobs?cursor=%",
                "/api/v1/jobs?cursor=%zz"
            })
    void parametersThatAreNoText(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertServing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "42",
                "\"text\"",
                "{",
                "{\"target\": ",
                "{\"target\": \"x\", \"target\": \"y\"}",
                "{\"target\": {\"$ne\": null}, \"strategy\": \"random\"}",
                "{\"target\": \"00000000\", \"strategy\": \"random\", \"iterations\": 1e400}",
                "{\"target\": \"00000000\", \"strategy\": \"random\", \"iterations\": 99999999999999999999999}",
                "{\"target\": \"00000000\", \"strategy\": \"random\", \"iterations\": NaN}",
                "{\"target\": \"00000000\", \"strategy\": \"random\", \"name\": \"a\\u0000b\"}",
                "{\"target\": \"00000000\", \"strategy\": \"random\", \"priority\": \"highest\"}",
                "{\"target\": \"00000000\", \"strategy\": \"random\", \"owner\": \"token:x\"}",
                "{\"target\": \"00000000' or '1'='1\", \"strategy\": \"random\"}",
                "{\"target\": \"../../etc/passwd\", \"strategy\": \"random\"}",
                "<job/>"
            })
    void aJobThatIsNone(String body) throws Exception {
        Http.Answer answer = http.post("/api/v1/jobs", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("detail").asString()).isNotBlank();
        assertServing();
    }

    @Test
    void aDocumentWithoutEnd() throws Exception {
        // The tests' limit for JSON is 2 KB.
        assertThat(http.post("/api/v1/jobs", "{\"name\":\"" + "x".repeat(3_000) + "\"}")
                        .status())
                .isEqualTo(413);
        assertThat(http.post("/api/v1/jobs", "[".repeat(2_000)).status()).isEqualTo(400);
        assertThat(http.post("/api/v1/jobs", "{}", "Content-Encoding", "gzip").status())
                .isEqualTo(400);
        Http.Part large = new Http.Part("file", "kernel.elf", new byte[2 << 20]);
        assertThat(http.upload("/api/v1/targets", Samples.target("large")[0], large)
                        .status())
                .isEqualTo(413);
        assertServing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p1",
                "!",
                "%00",
                "cDE",
                "cC0x",
                "cDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
                "Y3JlYXRlZAoxCjE7IGRyb3AgdGFibGUgam9icw",
                "' or 1=1 --",
                "..%2f..%2fetc%2fpasswd"
            })
    void aCursorThatWasTamperedWith(String cursor) throws Exception {
        for (String list :
                List.of("jobs", "targets", "failures", "crashes", "crashes?sort=failures", "crashes?sort=title")) {
            String path = "/api/v1/" + list + (list.contains("?") ? "&" : "?") + "cursor="
                    + (cursor.contains("%") ? cursor : URLEncoder.encode(cursor, StandardCharsets.UTF_8));
            // "cDE" is what the first page of a short list might have said.
            assertThat(http.get(path).status()).as(path).isIn(cursor.equals("cDE") ? List.of(200, 400) : List.of(400));
        }
        assertServing();
    }

    @Test
    void aCursorOfAnotherOrder() throws Exception {
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("TITLE\n1\n'; drop table jobs; --".getBytes(StandardCharsets.UTF_8));
        assertThat(http.get("/api/v1/crashes?sort=title&cursor=" + forged).status())
                .isEqualTo(200);
        assertThat(http.get("/api/v1/crashes?sort=failures&cursor=" + forged).status())
                .isEqualTo(400);
        assertServing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/jobs?state=QUEUED%27;drop%20table%20jobs;--",
                "/api/v1/jobs?limit=1;drop%20table%20jobs",
                "/api/v1/jobs?limit=99999999999",
                "/api/v1/jobs?limit=-1",
                "/api/v1/crashes?sort=failures;drop%20table%20jobs",
                "/api/v1/crashes?state=%27%20or%20%271%27=%271",
                "/api/v1/jobs/%27%20or%201=1",
                "/api/v1/targets/%27;select%20pg_sleep(10);--",
                "/api/v1/failures/" + NOWHERE + "%00/log",
                "/api/v1/failures/..%2f..%2fetc%2fpasswd/log"
            })
    void sqlAndPathsInPlacesOfValues(String path) throws Exception {
        assertThat(http.get(path).status()).as(path).isBetween(400, 404);
        assertServing();
    }

    @Test
    void textThatIsSqlIsText() throws Exception {
        for (String text : List.of("' or 1=1 --", "%", "_", "\\", "\";--", "%25%00")) {
            int status = http.get("/api/v1/crashes?text=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
                    .status();
            assertThat(status).as(text).isLessThan(500);
        }
        assertThat(http.get("/api/v1/crashes?text=%00").status())
                .as("NUL, which PostgreSQL does not store")
                .isLessThan(500);
        assertServing();
    }

    @Test
    void headersAreNotMadeOfInput() throws Exception {
        for (String path : List.of("/jobs/x%0d%0aSet-Cookie:%20a=b", "/api/v1/targets/x%0d%0aSet-Cookie:%20a=b")) {
            String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("\nSet-Cookie");
        }
        String split = raw("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Idempotency-Key: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n");
        assertThat(split).startsWith("HTTP/1.1 4").doesNotContain("\nSet-Cookie");
        assertServing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
                "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
                "POST /api/v1/jobs HTTP/1.1\r\n"
                        + "Host: localhost\r\n"
                        + "Content-Length: 1\r\n"
                        + "Content-Length: 2\r\n"
                        + "Connection: close\r\n\r\n"
                        + "xx",
                "GET //api/v1/../v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /api/v1/jobs;x=y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            })
    void whatIsHardlyHttp(String bytes) throws Exception {
        assertThat(raw(bytes)).matches("(?s)HTTP/1.1 [45]0[0-9].*").doesNotContain("root:");
        assertServing();
    }

    @Test
    void headersWithoutEnd() throws Exception {
        String answer = raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 4");
        assertServing();
    }

    @Test
    void aKeyIsGoodForOneRequest() throws Exception {
        String target = http.upload("/api/v1/targets", Samples.target("replayed-" + UUID.randomUUID()))
                .json()
                .get("id")
                .asString();
        String body = "{\"target\":\"" + target + "\",\"strategy\":\"random\",\"iterations\":%d}";
        String key = UUID.randomUUID().toString();
        Http.Answer first = http.post("/api/v1/jobs", body.formatted(10), "Idempotency-Key", key);
        assertThat(first.status()).isEqualTo(201);
        Http.Answer again = http.post("/api/v1/jobs", body.formatted(10), "Idempotency-Key", key);
        assertThat(again.json().get("id")).isEqualTo(first.json().get("id"));
        Http.Answer other = http.post("/api/v1/jobs", body.formatted(11), "Idempotency-Key", key);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().get("field").asString()).isEqualTo("Idempotency-Key");
        assertThat(http.post("/api/v1/jobs", body.formatted(10), "Idempotency-Key", "x".repeat(201))
                        .status())
                .isEqualTo(400);
        http.post("/api/v1/jobs/" + first.json().get("id").asString() + "/cancel", "");
    }

    /** Half a request holds no thread until its header is whole, and one only for so long after. */
    @Test
    void slowClientsHoldNobodyUp() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                slow.add(open("GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
            }
            for (int i = 0; i < 30; i++) {
                slow.add(open("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000\r\n\r\n{"));
            }
            assertServing();
            InputStream last = slow.get(slow.size() - 1).getInputStream();
            // The server gives up on it: an answer, or the end of the connection, but no waiting for ever.
            assertThat(last.read()).isGreaterThanOrEqualTo(-1);
            assertServing();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}
