package io.bohrwerk.api.bundle;

import io.bohrwerk.api.web.Download;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * An uncompressed tar (POSIX ustar) that is nowhere as a whole: a row of headers, texts, blobs and padding, of which each knows its size. So
 * its length, any range and its digest's stand-in are known without reading a blob, and the same files always make the same bytes.
 */
final class Tar implements Download {
    private static final int BLOCK = 512;
    /** The largest size that fits eleven octal digits. */
    private static final long LARGEST_FILE = (1L << 33) - 1;

    private final BlobStore blobs;
    private final String directory;
    private final long modified;
    private final List<Segment> segments = new ArrayList<>();
    private final StringBuilder sums = new StringBuilder();
    private long size;

    /** @param directory that all files lie in */
    Tar(BlobStore blobs, String directory, Instant modified) {
        this.blobs = blobs;
        this.directory = directory;
        this.modified = modified.getEpochSecond();
    }

    /** Bytes that are here, or a blob. */
    private record Segment(
            long size,
            byte[] bytes,
            @org.jspecify.annotations.Nullable Digest blob) {
        static Segment of(byte[] bytes) {
            return new Segment(bytes.length, bytes, null);
        }

        InputStream open(BlobStore blobs, long offset, long length) throws IOException {
            return blob == null
                    ? new ByteArrayInputStream(bytes, (int) offset, (int) length)
                    : blobs.open(blob, offset, length);
        }
    }

    /** @param folder inside the directory; empty for none */
    void add(String folder, String name, String text) {
        add(folder, name, text.getBytes(StandardCharsets.UTF_8), 0644);
    }

    void addScript(String name, String text) {
        add("", name, text.getBytes(StandardCharsets.UTF_8), 0755);
    }

    private void add(String folder, String name, byte[] bytes, int mode) {
        sum(folder, name, Digest.of(bytes));
        header(folder, name, bytes.length, mode);
        append(Segment.of(bytes));
        pad(bytes.length);
    }

    /** @throws NoSuchBlobException when it is not in the store */
    void add(String folder, String name, Digest blob) throws IOException {
        OptionalLong known = blobs.size(blob);
        if (known.isEmpty()) {
            throw new NoSuchBlobException(name + " (" + blob + ")");
        }
        if (known.getAsLong() > LARGEST_FILE) {
            throw new IOException(name + " is larger than the 8 GiB that a tar holds");
        }
        sum(folder, name, blob);
        header(folder, name, known.getAsLong(), 0644);
        append(new Segment(known.getAsLong(), new byte[0], blob));
        pad(known.getAsLong());
    }

    /** Ends it with the list of digests of all that was added. */
    void close() {
        add("", "SHA256SUMS", sums.toString().getBytes(StandardCharsets.UTF_8), 0644);
        append(Segment.of(new byte[2 * BLOCK]));
    }

    private void sum(String folder, String name, Digest digest) {
        sums.append(digest)
                .append("  ")
                .append(folder.isEmpty() ? "" : folder + "/")
                .append(name)
                .append('\n');
    }

    private void append(Segment segment) {
        segments.add(segment);
        size += segment.size();
    }

    private void pad(long length) {
        append(Segment.of(new byte[(int) (-length & (BLOCK - 1))]));
    }

    /** Fields and offsets: POSIX.1-2017, pax, "ustar Interchange Format". */
    private void header(String folder, String name, long length, int mode) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, String.format("%07o", mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", length));
        put(header, 136, String.format("%011o", modified));
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\00000");
        put(header, 345, folder.isEmpty() ? directory : directory + "/" + folder);
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format("%06o\0", sum));
        append(Segment.of(header));
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    @Override
    public long size() {
        return size;
    }

    /** Names, modes and times stand in the headers, and contents by their digests: another byte, another tag. */
    @Override
    public String tag() {
        java.security.MessageDigest sha256 = Digest.sha256();
        for (Segment segment : segments) {
            Digest blob = segment.blob();
            sha256.update(blob == null ? segment.bytes() : blob.hex().getBytes(StandardCharsets.US_ASCII));
        }
        return Digest.finish(sha256).hex();
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
        List<InputStream> parts = new ArrayList<>();
        long begin = 0;
        for (Segment segment : segments) {
            long from = Math.max(offset, begin);
            long to = Math.min(offset + length, begin + segment.size());
            if (from < to) {
                long skipped = from - begin;
                parts.add(new Lazy(() -> segment.open(blobs, skipped, to - from)));
            }
            begin += segment.size();
        }
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    @FunctionalInterface
    private interface Opener {
        InputStream open() throws IOException;
    }

    /** Opens a blob when its turn comes: a store's connection does not wait for those before it. */
    private static final class Lazy extends InputStream {
        private final Opener opener;
        private @org.jspecify.annotations.Nullable InputStream opened;

        Lazy(Opener opener) {
            this.opener = opener;
        }

        private InputStream in() throws IOException {
            InputStream in = opened;
            if (in == null) {
                in = opener.open();
                opened = in;
            }
            return in;
        }

        @Override
        public int read() throws IOException {
            return in().read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in().read(buffer, offset, length);
        }

        @Override
        public void close() throws IOException {
            InputStream in = opened;
            if (in != null) {
                in.close();
            }
        }
    }
}
