package io.bohrwerk.worker.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.worker.Bench;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes stream: nothing is ever held as a whole. */
class BlobFilesTest {
    @TempDir
    private Path directory;

    /** Larger than the heap that this process has. */
    @Test
    void aLogLargerThanTheHeapGoesUpAndDown() throws Exception {
        long size = Runtime.getRuntime().maxMemory() + (64L << 20);
        Path log = directory.resolve("merged.log.zst");
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            file.setLength(size);
            file.seek(size - 3);
            file.write(new byte[] {1, 2, 3});
        }
        try (FileBlobStore store = FileBlobStore.open(directory.resolve("blobs"), 0)) {
            BlobFiles blobs = new BlobFiles(store);
            ArtifactReference artifact = blobs.put(ArtifactKind.MERGED_LOG, log);
            assertThat(artifact.size()).isEqualTo(size);
            Files.delete(log);
            Path back = directory.resolve("back");
            blobs.fetch(artifact.digest(), back);
            assertThat(back).hasSize(size);
        }
    }

    @Test
    void aTextThatIsTooLargeIsRefused() throws Exception {
        try (FileBlobStore store = FileBlobStore.open(directory.resolve("blobs"), 0)) {
            Digest digest = Bench.put(store, new byte[1001]);
            BlobFiles blobs = new BlobFiles(store);
            assertThat(blobs.fetchSmall(digest, 1001)).hasSize(1001);
            assertThatThrownBy(() -> blobs.fetchSmall(digest, 1000)).isInstanceOf(DigestMismatchException.class);
        }
    }
}
