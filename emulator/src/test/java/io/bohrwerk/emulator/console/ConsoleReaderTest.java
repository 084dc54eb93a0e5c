package io.bohrwerk.emulator.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConsoleReaderTest {
    private final List<String> lines = new ArrayList<>();
    private final AtomicInteger floods = new AtomicInteger();

    private ConsoleReader read(byte[] bytes, long limit) throws IOException {
        ConsoleReader reader = new ConsoleReader((line, start, end) -> lines.add(line), limit, floods::incrementAndGet);
        reader.readAll(new ByteArrayInputStream(bytes));
        return reader;
    }

    @Test
    void cutsLines() throws IOException {
        byte[] bytes = "one\r\n\ntwo  \nlast without an end".getBytes(StandardCharsets.UTF_8);
        ConsoleReader reader = read(bytes, 1000);
        assertThat(lines).containsExactly("one", "two", "last without an end");
        assertThat(reader.bytes()).isEqualTo(bytes.length);
        assertThat(reader.digest()).isEqualTo(Digest.of(bytes));
        assertThat(reader.tail()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        assertThat(floods).hasValue(0);
    }

    @Test
    void linesDoNotDependOnHowTheBytesArrive() throws IOException {
        byte[] bytes = "@bw pass 1\n@bw fail 2 bad\n".getBytes(StandardCharsets.UTF_8);
        new ConsoleReader((line, start, end) -> lines.add(line), 1000, floods::incrementAndGet)
                .readAll(new InputStream() {
                    private int next;

                    @Override
                    public int read() {
                        return next == bytes.length ? -1 : bytes[next++];
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) {
                        int b = read();
                        if (b < 0) {
                            return -1;
                        }
                        to[offset] = (byte) b;
                        return 1;
                    }
                });
        assertThat(lines).containsExactly("@bw pass 1", "@bw fail 2 bad");
    }

    @Test
    void aLineWithoutEndComesInPieces() throws IOException {
        read("x".repeat(40_000).getBytes(StandardCharsets.UTF_8), 1_000_000);
        assertThat(lines).hasSize(3);
        assertThat(String.join("", lines)).isEqualTo("x".repeat(40_000));
    }

    @Test
    void aFloodIsToldOnceAndTheRestIsDropped() throws IOException {
        ConsoleReader reader = read("many lines\n".repeat(10_000).getBytes(StandardCharsets.UTF_8), 20_000);
        assertThat(floods).hasValue(1);
        assertThat(reader.bytes()).isBetween(20_000L, 30_000L);
    }

    @Test
    void anyBytesAreTaken() throws IOException {
        byte[] bytes = new byte[200_000];
        new Random(7).nextBytes(bytes);
        ConsoleReader reader = read(bytes, 1_000_000);
        assertThat(reader.digest()).isEqualTo(Digest.of(bytes));
        assertThat(reader.tail()).isNotEmpty();
    }

    @Test
    void keepsOnlyTheTail() throws IOException {
        ConsoleReader reader =
                read(("first\n" + "y".repeat(70_000) + "\nlast\n").getBytes(StandardCharsets.UTF_8), 1_000_000);
        assertThat(reader.tail()).hasSize(64 << 10).endsWith("y\nlast\n").doesNotContain("first");
    }
}
