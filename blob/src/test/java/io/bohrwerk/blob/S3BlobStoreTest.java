package io.bohrwerk.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3 service, which checks signatures and keeps its objects in a directory. */
@Timeout(300)
class S3BlobStoreTest extends BlobStoreContract {
    private static final String BUCKET = "bohrwerk";

    @TempDir
    static Path directory;

    private static @Nullable S3Proxy service;
    private static URI endpoint = URI.create("http://127.0.0.1:0");

    private final String prefix = UUID.randomUUID().toString();
    private @Nullable BlobStore store;

    @BeforeAll
    static void startService() throws Exception {
        service = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(directory.toString()))
                .endpoint(endpoint)
                .awsAuthentication(AuthenticationType.AWS_V4, "key", "secret")
                .build();
        service.start();
        endpoint = URI.create("http://127.0.0.1:" + service.getPort());
    }

    @AfterAll
    static void stopService() throws Exception {
        if (service != null) {
            service.stop();
        }
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    @Override
    BlobStore store() throws IOException {
        if (store == null) {
            store = S3BlobStore.open(settings("secret", endpoint));
        }
        return store;
    }

    @Override
    List<String> traces() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    @Override
    long largeBlobBytes() {
        return 200L << 20;
    }

    /** Put into the service's directory behind its back, for a thousand uploads take a minute. */
    @Test
    void tellsOfMoreThanAPage() throws IOException {
        Set<Digest> expected = new HashSet<>(Set.of(put(random(1))));
        Path blobs = directory.resolve(BUCKET).resolve(prefix).resolve("blobs");
        for (int i = 0; i < 1_002; i++) { // pages have a thousand
            Digest digest = digest("blob " + i);
            expected.add(digest);
            Path parent = Files.createDirectories(blobs.resolve(digest.hex().substring(0, 2)));
            Files.write(parent.resolve(digest.hex()), new byte[] {1});
        }
        Set<Digest> found = new HashSet<>();
        store().blobs(blob -> assertThat(found.add(blob.digest())).isTrue());
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void saysThatItIsNotLetIn() {
        assertThatThrownBy(() -> S3BlobStore.open(settings("wrong", endpoint)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("403")
                .hasMessageContaining(BUCKET)
                .message()
                .doesNotContain("wrong");
    }

    @Test
    void saysThatNobodyIsThere() {
        assertThatThrownBy(() -> S3BlobStore.open(settings("secret", URI.create("http://127.0.0.1:1"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("http://127.0.0.1:1/bohrwerk");
    }

    @Test
    void keepsItsSecretOutOfTexts() {
        assertThat(settings("geheim", endpoint).toString())
                .doesNotContain("geheim")
                .contains(BUCKET);
    }

    private S3Settings settings(String secret, URI where) {
        return new S3Settings(where, "us-east-1", BUCKET, prefix, "key", secret, true);
    }
}
