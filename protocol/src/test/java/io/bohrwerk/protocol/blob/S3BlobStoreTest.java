package io.bohrwerk.protocol.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
