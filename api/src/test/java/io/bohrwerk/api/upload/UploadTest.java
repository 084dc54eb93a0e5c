package io.bohrwerk.api.upload;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Http.Part;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Large files in pieces, over real HTTP. */
@ApiTest
class UploadTest {
    private static final int LENGTH = 3_000_000;
    private static final int CUT = 1_000_000;

    @LocalServerPort
    private int port;

    @Autowired
    private Uploads uploads;

    @Autowired
    private ApiProperties properties;

    private Http http;
    private final byte[] file = bytes(LENGTH);
    private final Digest digest = Digest.of(file);

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom().nextBytes(bytes);
        return bytes;
    }

    private String begin(Digest name, long length) throws Exception {
        Http.Answer begun = http.send(creation(name.hex(), Long.toString(length)));
        assertThat(begun.status()).as(begun.text()).isEqualTo(201);
        assertThat(begun.header("tus-resumable")).isEqualTo("1.0.0");
        assertThat(begun.header("upload-expires")).endsWith("GMT");
        return begun.header("location");
    }

    private HttpRequest.Builder creation(String name, String length) {
        return http.request("/api/v1/uploads")
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Length", length)
                .header(
                        "Upload-Metadata",
                        "filename eA==,sha256 "
                                + Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.US_ASCII)))
                .POST(HttpRequest.BodyPublishers.noBody());
    }

    private Http.Answer head(String upload) throws Exception {
        return http.send(http.request(upload).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    }

    private Http.Answer patch(String upload, long offset, byte[] piece) throws Exception {
        return http.send(http.request(upload)
                .header("Tus-Resumable", "1.0.0")
                .header("Content-Type", "application/offset+octet-stream")
                .header("Upload-Offset", Long.toString(offset))
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(piece)));
    }

    /** A client that announces everything and sends the beginning. */
    private Socket beginning(String upload) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        OutputStream out = socket.getOutputStream();
        out.write(("PATCH " + upload + " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                        + "Content-Type: application/offset+octet-stream\r\nContent-Length: " + LENGTH + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(file, 0, CUT);
        out.flush();
        return socket;
    }

    private Http.Answer headOnceItIs(String upload, int status) throws Exception {
        Instant limit = Instant.now().plusSeconds(60);
        Http.Answer answer = head(upload);
        while (answer.status() != status && Instant.now().isBefore(limit)) {
            Thread.sleep(20);
            answer = head(upload);
        }
        assertThat(answer.status()).isEqualTo(status);
        return answer;
    }

    private String manifest() {
        return """
                name: uploaded
                machine: {arch: i386, memory: 16MiB}
                boot: {kernel: kernel.elf}
                test: {}
                """;
    }

    private Http.Answer target(String digests) throws Exception {
        return http.upload("/api/v1/targets", Part.file("target.yaml", manifest()), Part.field("digests", digests));
    }

    private String sums(String kernel) {
        return Digest.of(manifest().getBytes(StandardCharsets.UTF_8)) + "  target.yaml\n" + digest + "  " + kernel;
    }

    private long spooled(Digest name) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.list(properties.uploads().path())) {
            return files.filter(path -> path.getFileName().toString().startsWith(name.hex()))
                    .count();
        }
    }

    @Test
    void anUploadThatIsCutInTheMiddleGoesOnAndBecomesAFileOfATarget() throws Exception {
        String upload = begin(digest, LENGTH);
        try (Socket socket = beginning(upload)) {
            headOnceItIs(upload, 423);
            assertThat(patch(upload, 0, file).status())
                    .as("one writes at a time")
                    .isEqualTo(423);
        }
        Http.Answer cut = headOnceItIs(upload, 200);
        int offset = Integer.parseInt(cut.header("upload-offset"));
        assertThat(offset).isPositive().isLessThanOrEqualTo(CUT);
        assertThat(cut.header("upload-length")).isEqualTo(Integer.toString(LENGTH));
        assertThat(begin(digest, LENGTH)).as("the same file is the same upload").isEqualTo(upload);
        assertThat(patch(upload, offset + 1, file).status()).isEqualTo(409);

        Http.Answer refused = target(sums("kernel.elf"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("kernel.elf", digest.hex(), "/api/v1/uploads");

        Http.Answer rest = patch(upload, offset, Arrays.copyOfRange(file, offset, LENGTH));
        assertThat(rest.status()).as(rest.text()).isEqualTo(204);
        assertThat(rest.header("upload-offset")).isEqualTo(Integer.toString(LENGTH));

        Http.Answer made = target(sums("kernel.elf"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String id = made.json().get("id").asString();
        assertThat(http.get("/api/v1/targets/" + id + "/files/kernel.elf").bytes())
                .isEqualTo(file);
        assertThat(spooled(digest)).as("the store has it now").isZero();
        assertThat(head(begin(digest, LENGTH)).header("upload-offset"))
                .as("and nothing needs to be sent again")
                .isEqualTo(Integer.toString(LENGTH));
        assertThat(target(sums("kernel.elf")).status()).isEqualTo(200);
    }

    @Test
    void bytesThatAreOthersThanTheDigestSaysAreRefusedAndGone() throws Exception {
        Digest other = Digest.of(bytes(10));
        String upload = begin(other, LENGTH);
        Http.Answer answer = patch(upload, 0, file);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains(other.hex(), digest.hex());
        assertThat(head(upload).status()).isEqualTo(404);
        assertThat(spooled(other)).isZero();
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        assertInvalid(http.send(creation("abc", "5")), "Upload-Metadata", "64 lower-case hexadecimal digits");
        assertInvalid(http.send(creation(digest.hex(), "0")), "Upload-Length", "between 1 and");
        assertInvalid(http.send(creation(digest.hex(), "9000000000000")), "Upload-Length", "between 1 and");
        assertInvalid(http.send(creation(digest.hex(), "many")), "Upload-Length", "a number of bytes");
        assertInvalid(
                http.send(http.request("/api/v1/uploads").POST(HttpRequest.BodyPublishers.noBody())),
                "Tus-Resumable",
                "must be 1.0.0");
        assertInvalid(patch("/api/v1/uploads/no-upload", 0, file), "upload", "Location");
        String upload = begin(digest, CUT);
        Http.Answer tooMuch = patch(upload, 0, file);
        assertThat(tooMuch.status()).isEqualTo(413);
        assertThat(tooMuch.json().get("field").asString()).isEqualTo("Upload-Length");
        assertInvalid(target(sums("../kernel.elf")), "digests", "plain file name");
    }

    private static void assertInvalid(Http.Answer answer, String field, String rule) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo(field);
        assertThat(answer.json().path("rule").asString()).contains(rule);
    }

    @Test
    void anAbandonedUploadIsTakenAwayAfterItsTime() throws Exception {
        String upload = begin(digest, LENGTH);
        assertThat(patch(upload, 0, Arrays.copyOf(file, CUT)).status()).isEqualTo(204);
        uploads.sweep(Instant.now());
        assertThat(head(upload).header("upload-offset")).isEqualTo(Integer.toString(CUT));
        uploads.sweep(Instant.now().plus(properties.uploads().keep()).plus(Duration.ofMinutes(1)));
        assertThat(head(upload).status()).isEqualTo(404);
        assertThat(spooled(digest)).isZero();
    }

    /** 1,500 uploads were begun once, and 20 of them had all of the disk promised. */
    @Test
    void noMoreAreBegunThanThereIsRoomFor() throws Exception {
        List<String> begun = new ArrayList<>();
        Http.Answer answer;
        int number = 0;
        do {
            answer = http.send(creation(String.format("%064x", ++number), "1000"));
            if (answer.status() == 201) {
                begun.add(answer.header("Location"));
            }
        } while (answer.status() == 201 && number < 300);
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.text()).contains("uploads are begun and not whole", "most-begun");
        assertThat(begun.size()).isBetween(50, 100);
        assertThat(http.send(creation(String.format("%064x", 1), "1000")).status())
                .isLessThan(300);
        for (String upload : begun) {
            http.send(http.request(upload).header("Tus-Resumable", "1.0.0").DELETE());
        }
        assertThat(http.send(creation(String.format("%064x", number), "1000")).status())
                .isEqualTo(201);
        http.send(http.request("/api/v1/uploads/" + String.format("%064x", number) + "-1000")
                .header("Tus-Resumable", "1.0.0")
                .DELETE());
    }

    @Test
    void anUploadIsRemovedOnDemand() throws Exception {
        String upload = begin(digest, LENGTH);
        assertThat(http.send(http.request(upload)
                                .header("Tus-Resumable", "1.0.0")
                                .DELETE())
                        .status())
                .isEqualTo(204);
        assertThat(head(upload).status()).isEqualTo(404);
    }

    /** Counted, not timed: what one upload takes of the heap does not grow with it. */
    @Test
    void aLargeUploadTakesABufferOfMemory() throws Exception {
        long length = 64 << 20;
        MessageDigest sha256 = Digest.sha256();
        zeros(length).transferTo(new java.security.DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        Upload upload = uploads.begin(Digest.finish(sha256), length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThat(uploads.append(upload, 0, zeros(length))).isEqualTo(length);
        long taken = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        uploads.remove(upload);
        assertThat(taken).isLessThan(4 << 20);
    }

    private static InputStream zeros(long length) {
        return new InputStream() {
            private long left = length;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int most) {
                if (left <= 0) {
                    return -1;
                }
                int read = (int) Math.min(most, left);
                left -= read;
                return read;
            }
        };
    }
}
