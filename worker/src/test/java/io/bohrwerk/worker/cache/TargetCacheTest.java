package io.bohrwerk.worker.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.target.TargetBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets by the digests of their files: what is shared, and what stays. */
class TargetCacheTest {
    private static final int IMAGE = 10_000;

    @TempDir
    private Path directory;

    private FileBlobStore store;
    private DiskCache cache;
    private TargetCache targets;

    @BeforeEach
    void open() throws Exception {
        store = FileBlobStore.open(directory.resolve("blobs"), 0);
        cache = DiskCache.open(directory.resolve("cache"), 2 * IMAGE);
        targets = new TargetCache(cache, new BlobFiles(store));
    }

    @AfterEach
    void close() {
        cache.close();
        store.close();
    }

    private Digest put(byte[] bytes) throws IOException {
        Digest digest = Digest.of(bytes);
        store.put(digest, new ByteArrayInputStream(bytes));
        return digest;
    }

    private static byte[] image(int fill) {
        byte[] image = new byte[IMAGE];
        java.util.Arrays.fill(image, (byte) fill);
        return image;
    }

    private Digest target(String name, byte[] kernel) throws IOException {
        String yaml =
                "name: " + name + "\nmachine: {arch: i386, memory: 16MiB}\nboot: {kernel: kernel.elf}\ntest: {}\n";
        TargetBundle bundle = new TargetBundle(new TreeMap<>(
                Map.of("target.yaml", put(yaml.getBytes(StandardCharsets.UTF_8)), "kernel.elf", put(kernel))));
        return put(bundle.text());
    }

    private void use(Digest id) throws Exception {
        try (TargetCache.Target target = targets.hold(id)) {
            assertThat(target.files().directory().resolve("kernel.elf")).exists();
        }
    }

    @Test
    void targetsShareTheFilesThatTheyHaveInCommon() throws Exception {
        use(target("one", image(1)));
        Digest other = target("other", image(1));
        store.delete(Digest.of(image(1)));
        use(other);
        assertThat(cache.size()).isLessThan(2 * IMAGE);
    }

    @Test
    void theFilesOfARunningBatchStayWhateverComes() throws Exception {
        Digest running = target("running", image(1));
        try (TargetCache.Target target = targets.hold(running);
                TargetCache.Target same = targets.hold(running)) {
            for (int i = 2; i < 6; i++) {
                use(target("other", image(i)));
            }
            same.close();
            assertThat(target.files().directory().resolve("kernel.elf")).hasBinaryContent(image(1));
            assertThat(cache.size()).isLessThanOrEqualTo(2 * IMAGE);
        }
        for (int i = 2; i < 6; i++) {
            use(target("other", image(i)));
        }
        store.delete(Digest.of(image(1)));
        assertThatThrownBy(() -> use(running))
                .as("evicted, once nobody held it")
                .isInstanceOf(NoSuchBlobException.class);
    }

    /** Room is made before an image comes, not after. */
    @Test
    void theLimitHoldsWhileAnImageIsFetched() throws Exception {
        use(target("first", image(1)));
        cache.hold("image", 2 * IMAGE, at -> assertThat(cache.size()).isEqualTo(2 * IMAGE))
                .close();
        assertThat(cache.size()).isZero();
    }

    @Test
    void aBundleWhosePathsLeadOutOfTheDirectoryIsRefused() throws Exception {
        Digest escaping = put((put(new byte[1]) + "  ../evil\n").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> targets.hold(escaping))
                .isInstanceOf(InfrastructureException.class)
                .hasMessageContaining("../evil")
                .hasMessageContaining("plain file name");
        assertThat(directory.resolve("evil")).doesNotExist();
        try (var left = Files.walk(directory.resolve("cache"))) {
            assertThat(left.filter(path -> path.getFileName().toString().contains("evil")))
                    .isEmpty();
        }
    }
}
