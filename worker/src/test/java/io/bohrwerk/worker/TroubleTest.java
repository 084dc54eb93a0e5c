package io.bohrwerk.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.worker.work.Troubles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything around a batch that can go wrong, and the word for it. */
class TroubleTest {
    @TempDir
    private Path directory;

    private Bench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        bench.close();
        assertThat(Bench.files(directory.resolve("worker"))).isZero();
    }

    private InfrastructureTrouble kind(Digest target) {
        return bench.trouble(Bench.request(target, 1)).kind();
    }

    @Test
    void aTargetThatIsNotThere() {
        assertThat(kind(Digest.of("nothing".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(InfrastructureTrouble.BLOB_MISSING);
    }

    @Test
    void aTargetWithAMissingFile() throws Exception {
        Digest target = Bench.demo(bench.store);
        bench.store.delete(Digest.of(Bench.resource("kernel.elf")));
        assertThat(kind(target)).isEqualTo(InfrastructureTrouble.BLOB_MISSING);
        Bench.put(bench.store, Bench.resource("kernel.elf"));
        assertThat(bench.finish(Bench.passing(target, 200)).iterations())
                .as("once it is there again")
                .isEqualTo(200);
    }

    @Test
    void aTargetWithADamagedFile() throws Exception {
        Digest target = Bench.demo(bench.store);
        Digest kernel = Digest.of(Bench.resource("kernel.elf"));
        Path file = find(kernel);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        file.toFile().setWritable(true);
        Files.write(file, bytes);
        BatchReport.Troubled trouble = bench.trouble(Bench.request(target, 1));
        assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.BLOB_MISSING);
        assertThat(trouble.message()).contains(kernel.hex(), "damaged");
    }

    @Test
    void aGuestThatNeedsMoreMemoryThanThisWorkerGivesOne() throws Exception {
        String manifest = new String(Bench.resource("target.yaml"), StandardCharsets.UTF_8);
        String large = manifest.replaceFirst("memory: [0-9]+MiB", "memory: 2GiB");
        assertThat(large).isNotEqualTo(manifest);
        Digest target = Bench.upload(
                bench.store,
                Map.of(
                        "kernel.elf",
                        Bench.resource("kernel.elf"),
                        "target.yaml",
                        large.getBytes(StandardCharsets.UTF_8)));
        BatchReport.Troubled trouble = bench.trouble(Bench.request(target, 1));
        assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.GUEST_TOO_LARGE);
        assertThat(trouble.kind().handedBack()).isTrue();
        assertThat(trouble.message()).contains("2048 MiB", "1024 MiB");
    }

    @Test
    void aKernelThatQemuRefuses() throws Exception {
        BatchReport.Troubled trouble = bench.trouble(Bench.request(upload(Map.of("kernel.elf", "no kernel")), 1));
        assertThat(trouble.kind()).as(trouble.message()).isEqualTo(InfrastructureTrouble.TARGET_UNBOOTABLE);
        assertThat(trouble.kind().permanent()).isTrue();
        assertThat(trouble.message()).contains("exit status 1").doesNotContain("\n");
    }

    @Test
    void aMessageIsOneBoundedLine() {
        String message = Troubles.message(new IOException("first\nsecond" + " word".repeat(Troubles.LONGEST_MESSAGE)));
        assertThat(message)
                .startsWith("first second word")
                .endsWith("…")
                .hasSize(Troubles.LONGEST_MESSAGE)
                .doesNotContain("\n");
    }

    /** Large enough for QEMU to take its first sector for a boot loader of long ago. */
    @Test
    void aKernelThatIsGarbage() throws Exception {
        BatchReport.Troubled trouble =
                bench.trouble(Bench.request(upload(Map.of("kernel.elf", "this is no kernel".repeat(1000))), 1));
        assertThat(trouble.kind()).as(trouble.message()).isEqualTo(InfrastructureTrouble.NEVER_READY);
        assertThat(trouble.kind().permanent()).isTrue();
    }

    @Test
    void aBundleThatLeadsOutOfItsDirectory() throws Exception {
        Digest target = upload(Map.of("../../../escaped", "x"));
        assertThat(kind(target)).isEqualTo(InfrastructureTrouble.TARGET_UNBOOTABLE);
        try (var files = Files.walk(directory)) {
            assertThat(files).noneMatch(file -> file.endsWith("escaped"));
        }
    }

    @Test
    void aBundleThatIsNone() throws Exception {
        assertThat(kind(Bench.put(bench.store, "a text".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(InfrastructureTrouble.TARGET_UNBOOTABLE);
    }

    /** What retention, or an operator, took away too early. */
    @Test
    void aSnapshotThatIsGoneIsMadeAnew() throws Exception {
        Digest target = Bench.demo(bench.store);
        Digest first = bench.finish(Bench.request(target, 1, 500)).coordinates().snapshot();
        bench.store.delete(first);
        bench.close();
        bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"));
        Digest second =
                bench.finish(Bench.request(target, 1, 500)).coordinates().snapshot();
        assertThat(bench.store.size(second)).isPresent();
    }

    @Test
    void aFullBlobStore() throws Exception {
        Path small = directory.resolve("small");
        Files.createDirectory(small);
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()), "needs root");
        try (Bench full = new Bench(directory.resolve("worker"), FileBlobStore.open(small.resolve("blobs"), 0))) {
            BatchReport.Troubled trouble = full.trouble(Bench.request(Bench.demo(full.store), 1));
            assertThat(trouble.kind()).as(trouble.message()).isEqualTo(InfrastructureTrouble.DISK_FULL);
        } finally {
            run("umount", small.toString());
        }
    }

    @Test
    void aBlobStoreThatDoesNotAnswer() throws Exception {
        bench.close();
        bench = new Bench(directory.resolve("worker"), new DeadStore());
        BatchReport.Troubled trouble =
                bench.trouble(Bench.request(Digest.of("any".getBytes(StandardCharsets.UTF_8)), 1));
        assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.BLOB_STORE);
        assertThat(trouble.message()).isEqualTo("connection refused");
    }

    @Test
    void aDefectOfOurOwn() throws Exception {
        bench.close();
        bench = new Bench(directory.resolve("worker"), new DeadStore() {
            @Override
            public InputStream open(Digest digest, long offset, long length) {
                throw new IllegalStateException("a defect");
            }
        });
        assertThat(kind(Digest.of("any".getBytes(StandardCharsets.UTF_8)))).isEqualTo(InfrastructureTrouble.INTERNAL);
    }

    /** The demo target's manifest with other files. */
    private Digest upload(Map<String, String> files) throws IOException {
        Map<String, byte[]> bytes = new HashMap<>(
                Map.of("target.yaml", Bench.resource("target.yaml"), "kernel.elf", Bench.resource("kernel.elf")));
        files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return Bench.upload(bench.store, bytes);
    }

    private Path find(Digest blob) throws IOException {
        try (var files = Files.walk(directory.resolve("blobs"))) {
            return files.filter(file -> file.endsWith(blob.hex())).findFirst().orElseThrow();
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    private static class DeadStore implements BlobStore {
        private static IOException dead() {
            return new IOException("connection refused");
        }

        @Override
        public void put(Digest digest, InputStream bytes) throws IOException {
            throw dead();
        }

        @Override
        public InputStream open(Digest digest, long offset, long length) throws IOException {
            throw dead();
        }

        @Override
        public Optional<StoredBlob> find(Digest digest) throws IOException {
            throw dead();
        }

        @Override
        public void delete(Digest digest) throws IOException {
            throw dead();
        }

        @Override
        public Digest link(String name, Digest digest) throws IOException {
            throw dead();
        }

        @Override
        public Optional<Digest> resolve(String name) throws IOException {
            throw dead();
        }

        @Override
        public void unlink(String name) throws IOException {
            throw dead();
        }

        @Override
        public void blobs(Consumer<StoredBlob> told) throws IOException {
            throw dead();
        }

        @Override
        public void names(BiConsumer<String, Digest> told) throws IOException {
            throw dead();
        }

        @Override
        public void ping() throws IOException {
            throw dead();
        }

        @Override
        public void close() {}
    }
}
