package io.bohrwerk.api.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.blob.StoreFullException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;

class BlobStoreConfigurationTest {
    @TempDir
    private Path directory;

    @EnableConfigurationProperties(ApiProperties.class)
    @Import(BlobStoreConfiguration.class)
    static class Settings {}

    private static ApplicationContextRunner with(String... properties) {
        return new ApplicationContextRunner()
                .withUserConfiguration(Settings.class)
                .withPropertyValues(properties);
    }

    @Test
    void aDirectoryIsAStoreThatIsFullWhenItsDiskIs() {
        with("bohrwerk.api.blobs.directory=" + directory, "bohrwerk.api.blobs.least-free=1000000TB")
                .run(context -> {
                    BlobStore store = context.getBean(BlobStore.class);
                    assertThat(store).isInstanceOf(FileBlobStore.class);
                    byte[] bytes = {1, 2, 3};
                    assertThat(org.assertj.core.api.Assertions.catchThrowable(() ->
                                    store.put(io.bohrwerk.protocol.Digest.of(bytes), new ByteArrayInputStream(bytes))))
                            .isInstanceOf(StoreFullException.class);
                });
    }

    @Test
    void exactlyOneStoreIsNamed() {
        with().run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("neither")
                .hasMessageContaining("bohrwerk.api.blobs.directory"));
        with("bohrwerk.api.blobs.directory=" + directory, "bohrwerk.api.blobs.s3.bucket=b")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("both"));
        with("bohrwerk.api.blobs.s3.endpoint=http://127.0.0.1:9")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("bucket"));
    }
}
