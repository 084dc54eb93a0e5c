package io.bohrwerk.blob;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that no service gives on demand. */
@Timeout(60)
class S3ServicesThatWillNotDoTest {
    private HttpServer service;

    @BeforeEach
    void startService() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.start();
    }

    @AfterEach
    void stopService() {
        service.stop(0);
    }

    @Test
    void refusesAServiceThatOverwritesWhereItWasToldNotTo() {
        service.createContext("/", exchange -> answer(exchange, 200, ""));
        assertThatThrownBy(() -> S3BlobStore.open(settings()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ignores If-None-Match");
    }

    @Test
    void tellsAFullServiceFromABrokenOne() throws IOException {
        service.createContext(
                "/", exchange -> answer(exchange, exchange.getRequestMethod().equals("PUT") ? 412 : 200, ""));
        Digest digest = Digest.of(new byte[1]);
        try (BlobStore store = S3BlobStore.open(settings())) {
            service.removeContext("/");
            for (String code : new String[] {"XMinioStorageFull", "QuotaExceeded", ""}) {
                int status = code.equals("QuotaExceeded") ? 403 : 507;
                service.createContext(
                        "/",
                        exchange -> answer(
                                exchange,
                                exchange.getRequestMethod().equals("PUT") ? status : 404,
                                "<Error><Code>" + code + "</Code><Message>no room</Message></Error>"));
                assertThatThrownBy(() -> store.put(digest, new ByteArrayInputStream(new byte[1])))
                        .isInstanceOf(StoreFullException.class)
                        .hasMessageContaining("storing " + digest)
                        .hasMessageContaining(code);
                service.removeContext("/");
            }
        }
    }

    private S3Settings settings() {
        return new S3Settings(
                URI.create("http://127.0.0.1:" + service.getAddress().getPort()), "us-east-1", "b", "", "k", "s", true);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            boolean head = exchange.getRequestMethod().equals("HEAD");
            byte[] body = head ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
