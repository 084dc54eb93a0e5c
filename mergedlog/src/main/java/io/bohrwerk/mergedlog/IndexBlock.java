package io.bohrwerk.mergedlog;

import io.bohrwerk.mergedlog.elf.Symbols;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The rows of a block of an index, by columns. Whatever the bytes are: either all rows are sound, or it is an exception. */
final class IndexBlock {
    private static final LogShape[] SHAPES = LogShape.values();

    private final IndexDirectory.Block summary;
    private final byte[] bytes;
    private int at;

    private final String[] names;
    private final byte[] shapes;
    private final short[] vectors;
    /** Where the further pieces of a broken line are in {@code bytes}; 0 for a whole one. */
    private final int[] furtherPieces;

    private final long[] offsets;
    private final int[] lengths;
    private final long[] from;
    /** What the guest reports next, in this row or behind it; -1 when nothing more in this block. */
    private final long[] nextWords;
    /** How many entries before this one is the trap that it repeats; 0 for none. */
    private final long[] repeats;

    private final int[] differences;
    private final int[] symbols;
    private final long[] symbolOffsets;

    private IndexBlock(IndexDirectory.Block summary, byte[] bytes) throws DamagedLogIndexException {
        this.summary = summary;
        this.bytes = bytes;
        this.names = new String[bounded(varint(), IndexFormat.MOST_ROWS)];
        int rows = summary.count();
        shapes = new byte[rows];
        vectors = new short[rows];
        furtherPieces = new int[rows];
        offsets = new long[rows];
        lengths = new int[rows];
        from = new long[rows];
        nextWords = new long[rows];
        repeats = new long[rows];
        differences = new int[rows];
        symbols = new int[rows];
        symbolOffsets = new long[rows];
        for (int i = 0; i < names.length; i++) {
            int length = bounded(varint(), bytes.length - at);
            names[i] = new String(bytes, at, length, StandardCharsets.UTF_8);
            at += length;
        }
        readRows(rows);
    }

    static IndexBlock read(IndexDirectory.Block summary, byte[] bytes) throws DamagedLogIndexException {
        try {
            return new IndexBlock(summary, bytes);
        } catch (IndexOutOfBoundsException e) {
            throw new DamagedLogIndexException("a block of the log's index is damaged", e);
        }
    }

    private void readRows(int rows) throws DamagedLogIndexException {
        long previousEnd = summary.start();
        long iteration = summary.from();
        for (int i = 0; i < rows; i++) {
            int head = bytes[at++] & 0xff;
            shapes[i] = (byte) bounded(head & IndexFormat.SHAPE, SHAPES.length - 1);
            vectors[i] = SHAPES[shapes[i]] == LogShape.INTERRUPT ? (short) (bytes[at++] & 0xff) : -1;
            offsets[i] = previousEnd + signed();
            lengths[i] = bounded(varint(), LogParser.LARGEST_ENTRY);
            previousEnd = offsets[i] + lengths[i];
            if ((head & IndexFormat.BROKEN) != 0) {
                furtherPieces[i] = at;
                for (int piece = bounded(varint(), LogParser.MOST_PIECES); piece > 0; piece--) {
                    previousEnd += varint();
                    previousEnd += bounded(varint(), LogParser.LONGEST_LINE);
                }
            }
            from[i] = iteration;
            nextWords[i] = -1;
            if ((head & IndexFormat.WORD) != 0) {
                long said = varint();
                nextWords[i] = iteration + (said >>> 1);
                iteration = nextWords[i] + (said & 1);
            }
            if ((head & IndexFormat.REPEAT) != 0) {
                repeats[i] = varint();
                differences[i] = (int) varint();
            }
            symbols[i] = -1;
            if ((head & IndexFormat.SYMBOL) != 0) {
                symbols[i] = bounded(varint(), names.length - 1);
                symbolOffsets[i] = varint();
            }
        }
        if (at != bytes.length) {
            throw new DamagedLogIndexException("a block of the log's index has bytes behind its rows");
        }
        for (int i = rows - 2; i >= 0; i--) {
            if (nextWords[i] < 0) {
                nextWords[i] = nextWords[i + 1];
            }
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number without an end");
    }

    private long signed() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    private static int bounded(long value, int most) {
        if (value < 0 || value > most) {
            throw new IndexOutOfBoundsException(value + " is more than " + most);
        }
        return (int) value;
    }

    IndexDirectory.Block summary() {
        return summary;
    }

    LogShape shape(int row) {
        return SHAPES[shapes[row]];
    }

    /** -1 when it is no interrupt. */
    int vector(int row) {
        return vectors[row];
    }

    long offset(int row) {
        return offsets[row];
    }

    /** Told of each piece of an entry. */
    interface Pieces {
        void piece(long offset, int length) throws java.io.IOException;
    }

    void pieces(int row, Pieces pieces) throws java.io.IOException {
        pieces.piece(offsets[row], lengths[row]);
        if (furtherPieces[row] > 0) {
            long end = offsets[row] + lengths[row];
            at = furtherPieces[row];
            for (long left = varint(); left > 0; left--) {
                long offset = end + varint();
                int length = (int) varint();
                pieces.piece(offset, length);
                end = offset + length;
            }
        }
    }

    boolean broken(int row) {
        return furtherPieces[row] > 0;
    }

    /** Length of the first piece. */
    int firstLength(int row) {
        return lengths[row];
    }

    long iterationFrom(int row) {
        return from[row];
    }

    /** The next report of the guest's in this block, in the row or behind it; -1 when there is none. */
    long nextWord(int row) {
        return nextWords[row];
    }

    boolean repeats(int row) {
        return repeats[row] > 0;
    }

    long repeated(int row, long number) {
        return number - repeats[row];
    }

    int differences(int row) {
        return differences[row];
    }

    Symbols.@Nullable Place symbol(int row) {
        return symbols[row] < 0 ? null : new Symbols.Place(names[symbols[row]], symbolOffsets[row]);
    }
}
