package io.bohrwerk.emulator.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedLogFileTest {
    @TempDir
    Path directory;

    private byte[] roundTrip(byte[] bytes, long limit) throws IOException {
        Path file = directory.resolve("log.zst");
        new MergedLogFile(file, limit).writeAll(new ByteArrayInputStream(bytes));
        try (InputStream in = new ZstdInputStream(Files.newInputStream(file)).setContinuous(false)) {
            return in.readAllBytes();
        }
    }

    @Test
    void noByteIsLost() throws IOException {
        Random random = new Random(11);
        for (int size : new int[] {
            0, 1, 4095, MergedLogFile.FRAME_SIZE, MergedLogFile.FRAME_SIZE + 1, 3 * MergedLogFile.FRAME_SIZE + 77
        }) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            assertThat(roundTrip(bytes, Long.MAX_VALUE)).as("%d bytes", size).isEqualTo(bytes);
        }
    }

    @Test
    void aReaderCanStartAtAnyFrame() throws IOException {
        byte[] bytes = "0123456789abcdef".repeat(MergedLogFile.FRAME_SIZE / 8).getBytes(StandardCharsets.UTF_8);
        roundTrip(bytes, Long.MAX_VALUE);
        byte[] stored = Files.readAllBytes(directory.resolve("log.zst"));
        int first = nextFrame(stored, 1);
        try (InputStream second = new ZstdInputStream(new ByteArrayInputStream(stored, first, stored.length - first))) {
            assertThat(second.readAllBytes()).hasSize(bytes.length - MergedLogFile.FRAME_SIZE);
        }
    }

    /** By the magic number that every zstd frame begins with (RFC 8878, 3.1.1). */
    private static int nextFrame(byte[] bytes, int from) {
        int at = from;
        while (ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at) != 0xFD2FB528) {
            at++;
        }
        return at;
    }

    @Test
    void theLimitIsSaidInTheLog() throws IOException {
        byte[] bytes = "entry\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        String kept = new String(roundTrip(bytes, 6_000), StandardCharsets.UTF_8);
        assertThat(kept)
                .startsWith("entry\n".repeat(1000))
                .endsWith("log cut here, at its limit of 6000 bytes]\n")
                .hasSizeLessThan(6_100);
    }

    /** 1.2 GiB through a heap of half a gigabyte. */
    @Test
    void memoryDoesNotGrowWithTheLog() throws IOException {
        Path file = directory.resolve("large.zst");
        long size = 1200L << 20;
        MessageDigest written = Digest.sha256();
        new MergedLogFile(file, Long.MAX_VALUE).writeAll(new Entries(size, written));
        MessageDigest read = Digest.sha256();
        try (InputStream in = new ZstdInputStream(Files.newInputStream(file))) {
            byte[] buffer = new byte[64 << 10];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                read.update(buffer, 0, n);
            }
        }
        assertThat(Digest.finish(read)).isEqualTo(Digest.finish(written));
    }

    /** Something like an interrupt log, as long as wanted. */
    private static final class Entries extends InputStream {
        private static final byte[] ENTRY =
                "     0: v=20 e=0000 i=0 cpl=0 IP=0008:00100fba pc=00100fba SP=0010:00105f3c\n"
                        .getBytes(StandardCharsets.UTF_8);

        private final MessageDigest digest;
        private long left;

        Entries(long size, MessageDigest digest) {
            this.left = size;
            this.digest = digest;
        }

        @Override
        public int read() {
            throw new IllegalStateException("read in blocks");
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int n = (int) Math.min(left, length);
            for (int i = 0; i < n; i++) {
                to[offset + i] = ENTRY[i % ENTRY.length];
            }
            digest.update(to, offset, n);
            left -= n;
            return n;
        }
    }
}
