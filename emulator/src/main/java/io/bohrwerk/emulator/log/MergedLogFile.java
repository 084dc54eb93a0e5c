package io.bohrwerk.emulator.log;

import com.github.luben.zstd.ZstdOutputStream;
import io.bohrwerk.mergedlog.LogIndexWriter;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a merged log as it comes, byte for byte, compressed in memory that does not grow with it; and in the same pass its index.
 *
 * <p>The file is a row of independent zstd frames of {@value #FRAME_SIZE} bytes each before compression, so that a reader can start at
 * any frame; {@code zstd -d} and every other decoder read them as one stream.
 */
public final class MergedLogFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MergedLogFile.class);

    /** Small, so that an entry is got at in a millisecond, and still some 400 entries of an interrupt log, which compress well. */
    static final int FRAME_SIZE = 512 << 10;
    /** zstd's own default level: about 300 MB/s a core, and interrupt logs shrink some thirty times. */
    private static final int LEVEL = 3;

    private final Path file;
    private final long limit;
    private final @Nullable Path indexFile;
    private final @Nullable OutputStream indexOut;
    private @Nullable LogIndexWriter index;
    private final MessageDigest sha256 = Digest.sha256();
    private long bytes;
    private boolean cut;
    private boolean indexed;

    /**
     * A log without an index.
     *
     * @param limit bytes before compression; later ones are dropped, and the log's last line says so
     */
    public MergedLogFile(Path file, long limit) {
        this.file = file;
        this.limit = limit;
        this.indexFile = null;
        this.indexOut = null;
    }

    /**
     * A log with an index beside it.
     *
     * @param span which iterations it is of
     * @param symbols of the guest
     */
    public MergedLogFile(Path file, long limit, Path indexFile, LogSpan span, Symbols symbols) throws IOException {
        this.file = file;
        this.limit = limit;
        this.indexFile = indexFile;
        this.indexOut = new BufferedOutputStream(Files.newOutputStream(indexFile), 64 << 10);
        this.index = new LogIndexWriter(indexOut, span, symbols);
    }

    /** Lets the index tell this line as the failure's, the first such that the guest prints. Call it before {@link #writeAll}. */
    public void failsAt(String line) {
        if (index != null) {
            index.failsAt(line);
        }
    }

    /** As {@link LogIndexWriter#failingIteration}. Call it when the stream has been read to its end. */
    public long failingIteration() {
        return index == null ? 0 : index.failingIteration();
    }

    /** Reads the stream to its end, also when the limit is reached: its writer must not be held up. */
    public void writeAll(InputStream in) throws IOException {
        try (Counted out = new Counted(
                new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 64 << 10), sha256))) {
            byte[] buffer = new byte[64 << 10];
            int n = in.read(buffer);
            do {
                n = writeFrame(in, out, buffer, n);
            } while (n >= 0);
        }
    }

    private int writeFrame(InputStream in, Counted out, byte[] buffer, int first) throws IOException {
        int n = first;
        if (index != null) {
            index.frame(out.count);
        }
        try (ZstdOutputStream frame = new ZstdOutputStream(new Unclosed(out), LEVEL)) {
            frame.setChecksum(true);
            for (long inFrame = 0; n >= 0 && inFrame < FRAME_SIZE; n = in.read(buffer)) {
                int kept = (int) Math.min(n, limit - bytes);
                write(frame, buffer, kept);
                bytes += kept;
                inFrame += n;
                if (kept < n && !cut) {
                    cut = true;
                    byte[] said = ("\n[bohrwerk: log cut here, at its limit of " + limit + " bytes]\n")
                            .getBytes(StandardCharsets.UTF_8);
                    write(frame, said, said.length);
                }
            }
        }
        return n;
    }

    private void write(OutputStream frame, byte[] some, int length) throws IOException {
        frame.write(some, 0, length);
        if (index != null) {
            try {
                index.feed(some, 0, length);
            } catch (RuntimeException e) {
                giveUp(e);
            }
        }
    }

    /** A defect in reading a log must not cost the log. */
    private void giveUp(RuntimeException e) {
        LOG.error("the merged log gets no index", e);
        if (index != null) {
            index.close();
            index = null;
        }
    }

    /**
     * Writes the end of the index. Call it once, after {@link #writeAll}, by the same thread or one that has waited for it.
     *
     * @param fromInstruction count at which logging began
     * @param toInstruction count at which the machine stopped
     */
    public void finish(long fromInstruction, long toInstruction) throws IOException {
        if (index != null && indexOut != null) {
            try {
                index.finish(new LogIndexWriter.Ending(
                        Digest.finish(sha256), Files.size(file), cut, fromInstruction, toInstruction));
                indexOut.close();
                indexed = true;
            } catch (RuntimeException e) {
                giveUp(e);
            }
        }
    }

    /** The log. */
    public Path file() {
        return file;
    }

    /** Its index; null when it has none, or when it was not finished. */
    public @Nullable Path indexFile() {
        return indexed ? indexFile : null;
    }

    /** Bytes kept, before compression. */
    public long bytes() {
        return bytes;
    }

    /** Whether the limit cut the log. */
    public boolean cut() {
        return cut;
    }

    /** Lets go of what the index needed. The files stay. */
    @Override
    public void close() throws IOException {
        if (index != null) {
            index.close();
        }
        if (indexOut != null) {
            indexOut.close();
        }
    }

    /** Counts what goes through. */
    private static final class Counted extends java.io.FilterOutputStream {
        private long count;

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
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
