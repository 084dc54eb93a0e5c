package io.bohrwerk.worker.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.worker.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays in the cache and what goes. */
class DiskCacheTest {
    private static final int ENTRY = 100;

    @TempDir
    private Path directory;

    private final AtomicInteger made = new AtomicInteger();
    private DiskCache cache;

    @BeforeEach
    void open() throws Exception {
        cache = DiskCache.open(directory, 2 * ENTRY);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        cache.close();
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private DiskCache.Held hold(String key) throws Exception {
        return cache.hold(key, at -> {
            made.incrementAndGet();
            Files.write(at.resolve("file"), new byte[ENTRY]);
        });
    }

    private void use(String key) throws Exception {
        hold(key).close();
    }

    @Test
    void theLeastRecentlyUsedGoes() throws Exception {
        use("a");
        use("b");
        use("a");
        use("c"); // b goes
        assertThat(made).hasValue(3);
        assertThat(cache.size()).isEqualTo(2 * ENTRY);
        use("a");
        use("c");
        assertThat(made).hasValue(3);
        use("b");
        assertThat(made).hasValue(4);
    }

    @Test
    void whatIsInUseStaysAboveTheLimitToo() throws Exception {
        List<DiskCache.Held> held = new ArrayList<>();
        for (String key : List.of("a", "b", "c", "d")) {
            held.add(hold(key));
        }
        assertThat(cache.size()).isEqualTo(4 * ENTRY);
        assertThat(held).allMatch(one -> Files.exists(one.directory().resolve("file")));
        held.forEach(DiskCache.Held::close);
        assertThat(cache.size()).isEqualTo(2 * ENTRY);
    }

    @Test
    void manyAtOnceMakeItOnce() throws Exception {
        List<CompletableFuture<Void>> users = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            users.add(CompletableFuture.runAsync(() -> {
                try (DiskCache.Held held = hold("a")) {
                    assertThat(held.directory().resolve("file")).exists();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        CompletableFuture.allOf(users.toArray(CompletableFuture[]::new)).join();
        assertThat(made).hasValue(1);
    }

    @Test
    void whatCouldNotBeMadeLeavesNothingAndIsTriedAgain() throws Exception {
        assertThatThrownBy(() -> cache.hold("a", at -> {
                    Files.write(at.resolve("half"), new byte[ENTRY]);
                    throw new IOException("broken off");
                }))
                .hasMessage("broken off");
        assertThat(cache.size()).isZero();
        assertThat(Bench.files(directory)).isZero();
        use("a");
        assertThat(made).hasValue(1);
    }

    @Test
    void whatADeadProcessLeftGoesAndALivingOnesStays() throws Exception {
        Path dead = Files.createDirectory(directory.resolve("process-dead"));
        Files.createFile(dead.resolve("lock"));
        Files.createDirectory(dead.resolve("entry-1"));
        Files.write(dead.resolve("entry-1/file"), new byte[ENTRY]);
        try (DiskCache.Held held = hold("a");
                DiskCache second = DiskCache.open(directory, 0)) {
            assertThat(dead).doesNotExist();
            assertThat(held.directory().resolve("file")).exists();
            assertThat(second.size()).isZero();
        }
    }
}
