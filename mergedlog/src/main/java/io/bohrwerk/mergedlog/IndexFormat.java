package io.bohrwerk.mergedlog;

import java.io.ByteArrayOutputStream;

/**
 * The file beside a merged log that tells where everything in it is. Written in one pass, front to back; all numbers big-endian, varints
 * as protocol buffers have them.
 *
 * <pre>
 *   blocks      a zstd frame each, of up to 4,096 rows: one for each entry, in the entries' order, with the symbols they name
 *   directory   a zstd frame: the log's figures, where its own zstd frames begin, and a summary of each block
 *   trailer     {@value #TRAILER} bytes: magic, version, offset and length of the directory, digest of the log as stored, CRC-32 of all before
 * </pre>
 *
 * <p>A row: a byte of shape and flags; for interrupts the vector; where it begins, from the end of the row before, signed; its length; then,
 * as the flags say, further pieces, the iteration that the guest reports, the trap it repeats, its symbol. Every zstd frame has zstd's own
 * checksum.
 */
final class IndexFormat {
    static final byte[] MAGIC = LogParser.ascii("BWLOGIX\n");
    static final int VERSION = 1;
    static final int TRAILER = 8 + 4 + 8 + 4 + 32 + 4;

    static final int MOST_ROWS = 4096;
    /** A block is ended when its rows are larger than this. */
    static final int LARGE_BLOCK = 1 << 20;
    /** What a reader takes: large rows, one more of the largest kind, and 4,096 long symbols. */
    static final int LARGEST_BLOCK = 8 << 20;
    /** For a log of a gigabyte of empty lines, which is the worst, some 30 MB. */
    static final int LARGEST_DIRECTORY = 256 << 20;

    static final int SHAPE = 0x0f;
    static final int REPEAT = 0x10;
    static final int BROKEN = 0x20;
    static final int WORD = 0x40;
    static final int SYMBOL = 0x80;

    /** Numbers of repeated traps that the directory lists. */
    static final int LISTED_REPEATS = 100;

    static final long UNKNOWN = -1;

    private IndexFormat() {}

    /** Bytes that grow, without a lock on each. */
    static final class Buffer {
        private byte[] bytes = new byte[64 << 10];
        private int size;

        int size() {
            return size;
        }

        byte[] bytes() {
            return bytes;
        }

        void clear() {
            size = 0;
        }

        void put(int b) {
            if (size == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, 2 * size);
            }
            bytes[size++] = (byte) b;
        }

        void put(byte[] some) {
            for (byte b : some) {
                put(b);
            }
        }

        void varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                put((int) left & 0x7f | 0x80);
                left >>>= 7;
            }
            put((int) left);
        }

        void signed(long value) {
            varint(value << 1 ^ value >> 63);
        }

        void writeTo(ByteArrayOutputStream out) {
            out.write(bytes, 0, size);
        }
    }
}
