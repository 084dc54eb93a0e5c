package io.bohrwerk.emulator.console;

import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Reads a guest's console to its end: hands on each line, counts and digests the bytes, and keeps the last of them. Memory is bounded
 * whatever the guest prints.
 */
public final class ConsoleReader {
    private static final int KEPT_TAIL = 64 << 10;
    /** A longer line is handed on in pieces. */
    private static final int LONGEST_LINE = 16 << 10;

    private final Lines lines;
    private final long limit;
    private final Runnable flooded;
    private final Bytes raw;
    private final MessageDigest sha256 = Digest.sha256();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final byte[] tail = new byte[KEPT_TAIL];
    private long bytes;
    private long lineStart;
    private boolean continues;

    /** Takes a console's lines. */
    @FunctionalInterface
    public interface Lines {
        /**
         * @param line without its end
         * @param start where it begins, in bytes from the console's beginning
         * @param end behind it and, when it has one, its newline
         */
        void take(String line, long start, long end);

        /** Takes a further piece of a line that is too long to be handed on as one. */
        default void more(String piece, long start, long end) {
            take(piece, start, end);
        }
    }

    /** Takes a console's bytes as they come. */
    @FunctionalInterface
    public interface Bytes {
        void take(byte[] bytes, int length);
    }

    /**
     * @param lines called for each line, in order, on the reading thread
     * @param limit bytes above which {@code flooded} is called, once; the rest is read and dropped
     */
    public ConsoleReader(Lines lines, long limit, Runnable flooded) {
        this(lines, limit, flooded, (bytes, length) -> {});
    }

    /** @param raw called for all bytes up to the limit, also those of unfinished lines, on the reading thread */
    public ConsoleReader(Lines lines, long limit, Runnable flooded, Bytes raw) {
        this.lines = lines;
        this.limit = limit;
        this.flooded = flooded;
        this.raw = raw;
    }

    /** Reads until the stream ends. */
    public void readAll(InputStream in) throws IOException {
        byte[] buffer = new byte[8 << 10];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            take(buffer, n);
        }
        endLine();
    }

    private synchronized void take(byte[] buffer, int n) {
        if (bytes > limit) {
            return;
        }
        sha256.update(buffer, 0, n);
        raw.take(buffer, n);
        for (int i = 0; i < n; i++) {
            tail[(int) (bytes++ % KEPT_TAIL)] = buffer[i];
            if (buffer[i] == '\n') {
                endLine();
                lineStart = bytes;
                continues = false;
            } else {
                line.write(buffer[i]);
                if (line.size() == LONGEST_LINE) {
                    endLine();
                    continues = true;
                }
            }
        }
        if (bytes > limit) {
            flooded.run();
        }
    }

    private void endLine() {
        if (line.size() > 0) {
            String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
            if (continues) {
                lines.more(text, lineStart, bytes);
            } else {
                lines.take(text, lineStart, bytes);
            }
            line.reset();
            lineStart = bytes;
        }
    }

    /** The digest of all bytes read. Call it once, after the end. */
    public synchronized Digest digest() {
        return Digest.finish(sha256);
    }

    /** The last bytes read, as text, at most 64 KiB. */
    public synchronized String tail() {
        int kept = (int) Math.min(bytes, KEPT_TAIL);
        byte[] last = new byte[kept];
        for (int i = 0; i < kept; i++) {
            last[i] = tail[(int) ((bytes - kept + i) % KEPT_TAIL)];
        }
        return new String(last, StandardCharsets.UTF_8);
    }

    public synchronized long bytes() {
        return bytes;
    }
}
