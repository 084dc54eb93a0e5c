package io.bohrwerk.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** By hand, because Java's client does not let a program say what only a browser says. */
@ApiTest
class SameOriginTest {
    @LocalServerPort
    private int port;

    private String ask(String method, String host, String more) throws IOException {
        String request = method + " /api/v1/stats HTTP/1.1\r\nHost: " + host.replace("PORT", Integer.toString(port))
                + "\r\nConnection: close\r\nContent-Length: 0\r\n" + more.replace("PORT", Integer.toString(port))
                + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example"})
    void aNameThatIsNotThisServersIsRefused(String host) throws IOException {
        assertThat(ask("GET", host, "")).startsWith("HTTP/1.1 403").contains("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({"localhost", "LOCALHOST:PORT", "127.0.0.1:PORT", "[::1]:PORT"})
    void loopbacksNamesAreKnown(String host) throws IOException {
        assertThat(ask("GET", host, "")).startsWith("HTTP/1.1 200");
    }

    /** There is no POST here: a request that was let through gets 405. */
    @ParameterizedTest
    @CsvSource({
        "'', 405",
        "'Origin: http://localhost:PORT', 405",
        "'Sec-Fetch-Site: same-origin', 405",
        "'Origin: http://evil.example', 403",
        "'Origin: http://localhost:1', 403",
        "'Origin: null', 403",
        "'Origin: ::', 403",
        "'Sec-Fetch-Site: cross-site', 403",
        "'Sec-Fetch-Site: same-site', 403"
    })
    void onlyPagesOfThisServerChangeSomething(String header, int status) throws IOException {
        String answer = ask("POST", "localhost:PORT", header.isEmpty() ? "" : header + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status);
    }

    /** Images, scripts and frames of another site's page; a link that is followed, and programs, which say nothing, are served. */
    @ParameterizedTest
    @CsvSource({
        "no-cors, image, 403",
        "cors, empty, 403",
        "navigate, iframe, 403",
        "navigate, document, 200",
    })
    void pagesOfOtherSitesFetchNothing(String mode, String destination, int status) throws IOException {
        String headers =
                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: " + mode + "\r\nSec-Fetch-Dest: " + destination + "\r\n";
        assertThat(ask("GET", "localhost:PORT", headers)).startsWith("HTTP/1.1 " + status);
    }

    /** More of them than the rate allows leave the person's own page its requests. */
    @Test
    void pagesOfOtherSitesUseUpNoRate() throws IOException {
        String headers = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n";
        for (int i = 0; i < 1_500; i++) {
            assertThat(ask("GET", "localhost:PORT", headers)).startsWith("HTTP/1.1 403");
        }
        assertThat(ask("GET", "localhost:PORT", "")).startsWith("HTTP/1.1 200");
    }

    @Test
    void everyAnswerIsGuarded() throws IOException {
        assertThat(ask("GET", "localhost", ""))
                .contains(
                        "X-Content-Type-Options: nosniff",
                        "frame-ancestors 'none'",
                        "X-Frame-Options: DENY",
                        "Referrer-Policy: same-origin",
                        "Cross-Origin-Resource-Policy: same-origin",
                        "Cross-Origin-Opener-Policy: same-origin")
                .doesNotContain("Access-Control-Allow");
        assertThat(ask("GET", "evil.example", "")).contains("frame-ancestors 'none'");
    }
}
