package io.bohrwerk.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest extends BlobStoreContract {
    @TempDir
    Path root;

    private @Nullable BlobStore store;

    @Override
    BlobStore store() throws IOException {
        if (store == null) {
            store = FileBlobStore.open(root, 0);
        }
        return store;
    }

    @Override
    List<String> traces() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    /** More than the heap of the tests, which is 512 MiB. */
    @Override
    long largeBlobBytes() {
        return 600L << 20;
    }

    @Test
    void laysItsFilesOutAsDocumented() throws IOException {
        Digest digest = put(random(3));
        store().link("a/b", digest);
        assertThat(root.resolve("blobs").resolve(digest.hex().substring(0, 2)).resolve(digest.hex()))
                .hasBinaryContent(random(3));
        assertThat(root.resolve("names/a/@b")).hasContent(digest.hex() + "\n");
    }

    @Test
    void sweepsAtTheStartWhatADeadProcessLeftAndNothingElse() throws Exception {
        store();
        Path dead = temporary("dead", Duration.ofMinutes(2));
        Path justMade = temporary("just-made", Duration.ZERO);
        Path written = temporary("written", Duration.ofMinutes(2));
        Process writer = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Locker.class.getName(),
                        written.toString())
                .start();
        try {
            assertThat(writer.getInputStream().read()).as("the lock is held").isEqualTo('L');
            FileBlobStore.open(root, 0).close();
            assertThat(dead).doesNotExist();
            assertThat(justMade).exists();
            assertThat(written).exists();
        } finally {
            writer.destroyForcibly().waitFor();
        }
        FileBlobStore.open(root, 0).close();
        assertThat(written).doesNotExist();
    }

    @Test
    void leavesAloneWhatAnotherStoreOfThisProcessWrites() throws Exception {
        try (TemporaryFiles.TemporaryFile file =
                new TemporaryFiles(Files.createDirectories(root.resolve("tmp"))).create()) {
            Files.setLastModifiedTime(file.path(), FileTime.from(Instant.EPOCH));
            FileBlobStore.open(root, 0).close();
            assertThat(file.path()).exists();
        }
    }

    @Test
    void countsAsFullBeforeItsDiskIs() throws IOException {
        try (BlobStore cautious = FileBlobStore.open(root, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> cautious.put(Digest.of(random(9)), new ByteArrayInputStream(random(9))))
                    .isInstanceOf(StoreFullException.class)
                    .hasMessageContaining("to be kept free");
            assertThatThrownBy(cautious::ping).isInstanceOf(StoreFullException.class);
        }
        assertThat(traces()).isEmpty();
    }

    @Test
    void saysThatItsDiskIsFullAndGoesOnWhenThereIsRoomAgain() throws Exception {
        Path small = Files.createDirectory(root.resolve("small"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()))
                .as("a small file system needs root to be mounted")
                .isZero();
        try (BlobStore tight = FileBlobStore.open(small, 0)) {
            Digest digest = Digest.of(random(600_000));
            tight.put(digest, new ByteArrayInputStream(random(600_000)));
            Digest other = Digest.of(random(500_000));
            assertThatThrownBy(() -> tight.put(other, new ByteArrayInputStream(random(500_000))))
                    .isInstanceOf(StoreFullException.class)
                    .hasMessageContaining("full")
                    .hasMessageContaining(small.toString());
            assertThat(tight.size(other)).isEmpty();
            assertThat(traces()).hasSize(1);
            tight.delete(digest);
            tight.put(other, new ByteArrayInputStream(random(500_000)));
            assertThat(tight.size(other)).hasValue(500_000);
        } finally {
            assertThat(run("umount", small.toString())).isZero();
        }
    }

    private Path temporary(String name, Duration age) throws IOException {
        Path file = Files.writeString(root.resolve("tmp").resolve(name), "half");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
        return file;
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Another process in the middle of writing a file. */
    static final class Locker {
        private Locker() {}

        public static void main(String[] arguments) throws Exception {
            try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.println("L");
                Thread.sleep(Long.MAX_VALUE);
            }
        }
    }
}
