package io.bohrwerk.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EnclosureTest {
    private static final byte[] ANSWER = "here I am".getBytes(StandardCharsets.UTF_8);
    private static final int TRIES = 100;

    @Test
    void whoIsInsideReachesTheServersUntilTheNetworkIsCut(@TempDir Path directory) throws Exception {
        assumeTrue(Enclosure.permitted(), "this host permits no network namespace");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
            exchange.close();
        });
        server.start();
        int port = server.getAddress().getPort();
        List<String> java = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.bohrwerk.cli.Bohrwerk");
        try (Enclosure enclosure = new Enclosure(directory, java, List.of(port))) {
            assertThat(reaches(enclosure, port, TRIES)).as("before").isTrue();
            enclosure.cut();
            assertThat(reaches(enclosure, port, 1)).as("cut").isFalse();
            enclosure.mend();
            assertThat(reaches(enclosure, port, TRIES)).as("mended").isTrue();
        } finally {
            server.stop(0);
        }
    }

    private static boolean reaches(Enclosure enclosure, int port, int tries) throws IOException, InterruptedException {
        for (int i = 0; i < tries; i++) {
            List<String> command = new ArrayList<>(enclosure.prefix());
            command.addAll(List.of(
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/127.0.0.1/" + port + " && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"));
            Process process = new ProcessBuilder(command).start();
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            } else if (new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .contains("here I am")) {
                return true;
            }
            Thread.sleep(300);
        }
        return false;
    }
}
