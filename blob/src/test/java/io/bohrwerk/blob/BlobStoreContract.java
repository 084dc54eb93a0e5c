package io.bohrwerk.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every blob store keeps to, whatever is behind it. */
abstract class BlobStoreContract {
    private static final int MIB = 1 << 20;
    private static final int THREADS = 12;
    private static final Digest ONE = digest("one");
    private static final Digest TWO = digest("two");

    /** A store of its own for every test. */
    abstract BlobStore store() throws IOException;

    /** Everything that is kept for the store, finished or not, to see that nothing stays behind. */
    abstract List<String> traces() throws IOException;

    /** Sizes around a buffer, a part, and several parts. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 64 << 10, (8 * MIB) - 1, 8 * MIB, (8 * MIB) + 1, 16 * MIB, 20 * MIB})
    void givesBackWhatWasPut(int size) throws IOException {
        byte[] bytes = random(size);
        Digest digest = Digest.of(bytes);
        store().put(digest, new ByteArrayInputStream(bytes));
        assertThat(store().size(digest)).isEqualTo(OptionalLong.of(size));
        try (InputStream in = store().open(digest)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void givesRanges() throws IOException {
        byte[] bytes = random(1000);
        Digest digest = put(bytes);
        assertThat(read(digest, 0, 1000)).isEqualTo(bytes);
        assertThat(read(digest, 0, 1)).containsExactly(bytes[0]);
        assertThat(read(digest, 999, 1)).containsExactly(bytes[999]);
        assertThat(read(digest, 100, 50)).isEqualTo(Arrays.copyOfRange(bytes, 100, 150));
        assertThat(read(digest, 990, 50)).isEqualTo(Arrays.copyOfRange(bytes, 990, 1000));
        assertThat(read(digest, 990, Long.MAX_VALUE)).hasSize(10);
        assertThat(read(digest, 0, 0)).isEmpty();
        assertThat(read(digest, 1000, 0)).isEmpty();
        assertThat(read(digest, 1000, 1)).isEmpty();
        assertThat(read(digest, 1000, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void refusesRangesThatBeginOutside() throws IOException {
        Digest digest = put(random(10));
        assertThatThrownBy(() -> read(digest, 11, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(digest, 11, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(digest, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(digest, 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closesAStreamThatWasNotReadToItsEnd() throws IOException {
        Digest digest = put(random(3 * MIB));
        for (int i = 0; i < 100; i++) {
            try (InputStream in = store().open(digest)) {
                assertThat(in.read()).isNotNegative();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, 20 * MIB})
    void keepsNothingOfBytesThatAreOthersThanTheirDigestSays(int size) throws IOException {
        store();
        List<String> before = traces();
        assertThatThrownBy(() -> store().put(ONE, new GeneratedStream(1, size)))
                .isInstanceOf(DigestMismatchException.class)
                .hasMessageContaining(ONE.hex());
        assertThat(store().size(ONE)).isEmpty();
        assertThat(traces()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 20 * MIB})
    void keepsNothingOfAStreamThatBreaks(int size) throws IOException {
        store();
        List<String> before = traces();
        InputStream broken = new FilterInputStream(new GeneratedStream(1, size)) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = in.read(buffer, offset, length);
                if (read < 0) {
                    throw new IOException("the line went dead");
                }
                return read;
            }
        };
        assertThatThrownBy(() -> store().put(ONE, broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the line went dead");
        assertThat(store().size(ONE)).isEmpty();
        assertThat(traces()).isEqualTo(before);
    }

    @Test
    void takesTheSameBlobAgainAndStillChecksIt() throws IOException {
        byte[] bytes = random(1000);
        Digest digest = put(bytes);
        assertThat(put(bytes)).isEqualTo(digest);
        assertThatThrownBy(() -> store().put(digest, new ByteArrayInputStream(random(999))))
                .isInstanceOf(DigestMismatchException.class);
        assertThat(read(digest, 0, Long.MAX_VALUE)).isEqualTo(bytes);
    }

    @Test
    void saysWhatIsNotThere() throws IOException {
        assertThat(store().size(ONE)).isEmpty();
        assertThat(store().resolve("no/such")).isEmpty();
        assertThatThrownBy(() -> store().open(ONE))
                .isInstanceOf(NoSuchBlobException.class)
                .hasMessageContaining(ONE.hex());
        assertThatThrownBy(() -> store().open(ONE, 0, 0)).isInstanceOf(NoSuchBlobException.class);
        assertThatThrownBy(() -> store().open(ONE, 5, 5)).isInstanceOf(NoSuchBlobException.class);
    }

    @Test
    void deletesAndTakesAgain() throws IOException {
        byte[] bytes = random(10);
        Digest digest = put(bytes);
        store().delete(digest);
        assertThat(store().size(digest)).isEmpty();
        store().delete(digest);
        put(bytes);
        assertThat(read(digest, 0, Long.MAX_VALUE)).isEqualTo(bytes);
    }

    @Test
    void linksANameOnce() throws IOException {
        assertThat(store().link("snapshots/a", ONE)).isEqualTo(ONE);
        assertThat(store().link("snapshots/a", TWO)).isEqualTo(ONE);
        assertThat(store().link("snapshots/a", ONE)).isEqualTo(ONE);
        assertThat(store().resolve("snapshots/a")).contains(ONE);
        store().unlink("snapshots/a");
        assertThat(store().resolve("snapshots/a")).isEmpty();
        store().unlink("snapshots/a");
        assertThat(store().link("snapshots/a", TWO)).isEqualTo(TWO);
    }

    @Test
    void keepsANameAndALongerOneApart() throws IOException {
        assertThat(store().link("a", ONE)).isEqualTo(ONE);
        assertThat(store().link("a/b", TWO)).isEqualTo(TWO);
        assertThat(store().link("a/b/c", ONE)).isEqualTo(ONE);
        assertThat(store().resolve("a")).contains(ONE);
        assertThat(store().resolve("a/b")).contains(TWO);
    }

    @Test
    void letsOneOfManyWinAName() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "race/" + round;
            Set<Digest> seen = new HashSet<>(atOnce(i -> store().link(name, digest("contender " + i))));
            assertThat(seen).hasSize(1);
            assertThat(store().resolve(name)).contains(seen.iterator().next());
        }
    }

    @Test
    void takesOneBlobFromManyAtOnce() throws Exception {
        byte[] bytes = random(9 * MIB);
        Digest digest = Digest.of(bytes);
        atOnce(i -> {
            store().put(digest, new ByteArrayInputStream(bytes));
            return store().size(digest);
        });
        assertThat(read(digest, 0, Long.MAX_VALUE)).isEqualTo(bytes);
    }

    @Test
    void tellsOfEveryBlobAndEveryName() throws IOException {
        Instant before = Instant.now().minusSeconds(60);
        Map<Digest, Long> expected = new HashMap<>();
        for (int size = 0; size < 30; size++) {
            expected.put(put(random(size)), (long) size);
        }
        store().link("a", ONE);
        store().link("a/b", TWO);
        store().link("snapshots/x/y", ONE);
        Map<Digest, Long> found = new HashMap<>();
        store().blobs(blob -> {
            assertThat(blob.storedAt()).isBetween(before, Instant.now().plusSeconds(60));
            found.put(blob.digest(), blob.size());
        });
        assertThat(found).isEqualTo(expected);
        for (Digest digest : expected.keySet()) {
            BlobStore.StoredBlob blob = store().find(digest).orElseThrow();
            assertThat(blob.size()).isEqualTo(expected.get(digest));
            assertThat(blob.storedAt()).isBetween(before, Instant.now().plusSeconds(60));
        }
        Map<String, Digest> names = new HashMap<>();
        store().names(names::put);
        assertThat(names).isEqualTo(Map.of("a", ONE, "a/b", TWO, "snapshots/x/y", ONE));
        Digest gone = put(random(5));
        store().delete(gone);
        assertThat(store().find(gone)).isEmpty();
        store().blobs(blob -> assertThat(blob.digest()).isNotEqualTo(gone));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "a/", "/a", "a//b", ".", "..", "../a", "a/../b", "a/..", "a/./b", "a b", "a\\b", "ä", "a\n",
                "@a", "a:b", "%2e%2e"
            })
    void refusesNamesThatAreNone(String name) throws IOException {
        List<Callable<?>> calls = new ArrayList<>();
        calls.add(() -> store().link(name, ONE));
        calls.add(() -> store().resolve(name));
        calls.add(() -> {
            store().unlink(name);
            return "";
        });
        for (Callable<?> call : calls) {
            assertThatThrownBy(call::call)
                    .isInstanceOfSatisfying(
                            InvalidInputException.class,
                            e -> assertThat(e.field()).isEqualTo("name"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.b-c_9", "a/b/c", "...", "snapshots/ready/0123456789abcdef", ".hidden", "-dash"})
    void takesNamesThatAreOnes(String name) throws IOException {
        store().link(name, TWO);
        assertThat(store().resolve(name)).contains(TWO);
    }

    /** How large a blob is to show that memory is bounded. */
    abstract long largeBlobBytes();

    @Test
    void needsBoundedMemoryWhateverTheSize() throws Exception {
        long size = largeBlobBytes();
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = new GeneratedStream(7, size)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        }
        Digest digest = Digest.finish(sha256);
        store();
        long before = liveHeapBytes();
        AtomicLong nearTheEnd = new AtomicLong();
        store().put(digest, new FilterInputStream(new GeneratedStream(7, size)) {
            private long given;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = in.read(buffer, offset, length);
                given += read;
                if (given > size / 10 * 9 && nearTheEnd.get() == 0) {
                    nearTheEnd.set(liveHeapBytes());
                }
                return read;
            }
        });
        assertThat(nearTheEnd.get() - before).isLessThan(size / 4);
        assertThat(store().size(digest)).hasValue(size);
        assertThat(read(digest, size - 5, 100)).hasSize(5);
    }

    private static long liveHeapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void givesASignOfLife() throws IOException {
        store().ping();
    }

    final Digest put(byte[] bytes) throws IOException {
        Digest digest = Digest.of(bytes);
        store().put(digest, new ByteArrayInputStream(bytes));
        return digest;
    }

    final byte[] read(Digest digest, long offset, long length) throws IOException {
        try (InputStream in = store().open(digest, offset, length)) {
            return in.readAllBytes();
        }
    }

    static Digest digest(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private interface Numbered<T> {
        T call(int number) throws Exception;
    }

    private static <T> List<T> atOnce(Numbered<T> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                futures.add(threads.submit(() -> {
                    start.await();
                    return task.call(number);
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
