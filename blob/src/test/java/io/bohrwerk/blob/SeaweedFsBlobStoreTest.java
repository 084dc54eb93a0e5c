package io.bohrwerk.blob;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

/** Against the S3 server of docker-compose.yml. Skipped where there is no Docker. */
@Timeout(600)
@Testcontainers(disabledWithoutDocker = true)
class SeaweedFsBlobStoreTest extends BlobStoreContract {
    private static final int PORT = 8333;

    @Container
    private static final GenericContainer<?> SERVICE = new GenericContainer<>(
                    DockerImageName.parse("chrislusf/seaweedfs:4.44"))
            .withEnv("AWS_ACCESS_KEY_ID", "key")
            .withEnv("AWS_SECRET_ACCESS_KEY", "secret")
            .withCommand("server", "-dir=/data", "-s3", "-s3.port=" + PORT)
            .withExposedPorts(PORT)
            .waitingFor(Wait.forListeningPort());

    private final String prefix = UUID.randomUUID().toString();
    private @Nullable BlobStore store;

    @Override
    BlobStore store() throws IOException {
        BlobStore open = store;
        if (open == null) {
            URI endpoint = URI.create("http://" + SERVICE.getHost() + ":" + SERVICE.getMappedPort(PORT));
            open = S3BlobStore.open(new S3Settings(endpoint, "us-east-1", "bohrwerk", prefix, "key", "secret", true));
            store = open;
        }
        return open;
    }

    /** As the service tells: into its files nobody looks from here. */
    @Override
    List<String> traces() throws IOException {
        List<String> traces = new ArrayList<>();
        store().blobs(blob -> traces.add(blob.digest().hex()));
        store().names((name, digest) -> traces.add(name));
        return traces.stream().sorted().toList();
    }

    @Override
    long largeBlobBytes() {
        return 200L << 20;
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }
}
