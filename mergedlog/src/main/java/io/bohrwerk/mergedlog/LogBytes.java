package io.bohrwerk.mergedlog;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.util.Arrays;

/** A stored log's bytes, entry by entry: fetches and decompresses the frames that they are in, one at a time. */
final class LogBytes {
    private final BlobStore store;
    private final Digest log;
    private final IndexDirectory directory;
    private int frame = -1;
    private byte[] frameBytes = {};
    private long decompressed;

    private byte[] joined = {};
    private byte[] array = {};
    private int from;
    private int length;

    LogBytes(BlobStore store, Digest log, IndexDirectory directory) {
        this.store = store;
        this.log = log;
        this.directory = directory;
    }

    /** How many bytes were decompressed so far: what the work is measured by. */
    long decompressed() {
        return decompressed;
    }

    /** Takes an entry, which then is {@code length} bytes of {@code array} from {@code from} on. */
    void read(IndexBlock rows, int row) throws IOException {
        if (!rows.broken(row)) {
            int at = rows.firstLength(row) == 0 ? -1 : directory.frameOf(rows.offset(row));
            long end = rows.offset(row) + rows.firstLength(row);
            if (at >= 0 && end <= directory.frameOffset(at) + directory.frameSize(at)) {
                array = frame(at);
                from = (int) (rows.offset(row) - directory.frameOffset(at));
                length = rows.firstLength(row);
                return;
            }
        }
        length = 0;
        rows.pieces(row, this::append);
        array = joined;
        from = 0;
    }

    private void append(long offset, int size) throws IOException {
        long at = offset;
        int left = size;
        while (left > 0) {
            int in = directory.frameOf(at);
            long skipped = in < 0 ? -1 : at - directory.frameOffset(in);
            if (skipped < 0 || skipped >= directory.frameSize(in)) {
                throw new DamagedLogIndexException("the log's index tells of byte " + at + ", which the log has not");
            }
            int n = (int) Math.min(left, directory.frameSize(in) - skipped);
            if (joined.length < length + n) {
                joined = Arrays.copyOf(joined, Math.max(length + n, 2 * joined.length));
            }
            System.arraycopy(frame(in), (int) skipped, joined, length, n);
            length += n;
            at += n;
            left -= n;
        }
    }

    private byte[] frame(int index) throws IOException {
        if (index != frame) {
            long at = directory.frameStored(index);
            byte[] stored = IndexDirectory.bytes(store, log, at, (int) (directory.storedEnd(index) - at));
            frame = -1;
            if (frameBytes.length != directory.frameSize(index)) {
                frameBytes = new byte[directory.frameSize(index)];
            }
            IndexDirectory.decompress(stored, frameBytes);
            frame = index;
            decompressed += frameBytes.length;
        }
        return frameBytes;
    }

    byte[] array() {
        return array;
    }

    int from() {
        return from;
    }

    int length() {
        return length;
    }

    /** Whether the entry that was read has these bytes in it. */
    boolean contain(byte[] wanted) {
        int last = from + length - wanted.length;
        byte first = wanted[0];
        for (int i = from; i <= last; i++) {
            if (array[i] == first && LogParser.startsWith(array, i, from + length, wanted)) {
                return true;
            }
        }
        return false;
    }
}
