package io.bohrwerk.emulator.log;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a merged log as it comes, byte for byte, compressed in memory that does not grow with it.
 *
 * <p>The file is a row of independent zstd frames of {@value #FRAME_SIZE} bytes each before compression, so that a reader can start at
 * any frame; {@code zstd -d} and every other decoder read them as one stream.
 */
public final class MergedLogFile {
    static final int FRAME_SIZE = 4 << 20;
    /** zstd's own default level: about 300 MB/s a core, and interrupt logs shrink some thirty times. */
    private static final int LEVEL = 3;

    private final Path file;
    private final long limit;
    private long bytes;
    private boolean cut;

    /** @param limit bytes before compression; later ones are dropped, and the log's last line says so */
    public MergedLogFile(Path file, long limit) {
        this.file = file;
        this.limit = limit;
    }

    /** Reads the stream to its end, also when the limit is reached: its writer must not be held up. */
    public void writeAll(InputStream in) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 64 << 10)) {
            byte[] buffer = new byte[64 << 10];
            int n = in.read(buffer);
            do {
                n = writeFrame(in, out, buffer, n);
            } while (n >= 0);
        }
    }

    private int writeFrame(InputStream in, OutputStream out, byte[] buffer, int first) throws IOException {
        int n = first;
        try (ZstdOutputStream frame = new ZstdOutputStream(new Unclosed(out), LEVEL)) {
            for (long inFrame = 0; n >= 0 && inFrame < FRAME_SIZE; n = in.read(buffer)) {
                int kept = (int) Math.min(n, limit - bytes);
                frame.write(buffer, 0, kept);
                bytes += kept;
                inFrame += n;
                if (kept < n && !cut) {
                    cut = true;
                    frame.write(("\n[bohrwerk: log cut here, at its limit of " + limit + " bytes]\n")
                            .getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return n;
    }

    /** Bytes kept, before compression. */
    public long bytes() {
        return bytes;
    }

    /** Whether the limit cut the log. */
    public boolean cut() {
        return cut;
    }

    /** Lets a frame end without ending the file. */
    private static final class Unclosed extends java.io.FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
