package io.bohrwerk.mergedlog;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** What an index tells of its log as a whole, and where its blocks and the log's frames are. Never changes. */
final class IndexDirectory {
    private static final String DAMAGED = "the log's index is damaged: ";

    /** Frames are ended at 512 KiB, by whole reads of at most 64 KiB. */
    private static final int LARGEST_FRAME = 8 << 20;

    private final long bytes;
    private final long storedSize;
    private final long entries;
    private final boolean cut;
    private final long fromInstruction;
    private final long toInstruction;
    private final long firstIteration;
    private final long lastIteration;
    private final long failure;
    private final long[] kinds;
    private final long[] vectors;
    private final long repeatCount;
    private final long[] repeats;
    private final long[] frameOffsets;
    private final long[] frameStored;
    private final Block[] blocks;
    /** The report that ends the iterations of each block's last entries: of the block itself, or of one behind it. */
    private final long[] wordsFrom;

    /**
     * @param at of the block in the index
     * @param number of its first entry
     * @param kinds bits by the kinds' order
     * @param from the first entry's iteration, at least
     * @param firstWord the first report in it, or -1
     * @param start in the log, from which the first entry's offset counts
     */
    record Block(
            long at,
            int stored,
            long number,
            int count,
            int kinds,
            long vectors0,
            long vectors1,
            long vectors2,
            long vectors3,
            boolean repeats,
            long from,
            long firstWord,
            long start) {
        long end() {
            return number + count;
        }

        boolean hasVector(int vector) {
            long bits = switch (vector >> 6) {
                case 0 -> vectors0;
                case 1 -> vectors1;
                case 2 -> vectors2;
                default -> vectors3;
            };
            return (bits & 1L << (vector & 63)) != 0;
        }
    }

    /** Reads a directory out of its bytes. */
    private IndexDirectory(byte[] raw, long size) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(raw));
        bytes = in.readLong();
        storedSize = in.readLong();
        entries = in.readLong();
        cut = in.readBoolean();
        fromInstruction = in.readLong();
        toInstruction = in.readLong();
        firstIteration = in.readLong();
        lastIteration = in.readLong();
        failure = in.readLong();
        kinds = longs(in, LogKind.values().length);
        vectors = longs(in, 256);
        repeatCount = in.readLong();
        repeats = longs(in, bounded(in.readInt(), IndexFormat.LISTED_REPEATS));
        int frameCount = bounded(in.readInt(), raw.length);
        byte[] packed = new byte[bounded(in.readInt(), raw.length)];
        in.readFully(packed);
        DataInputStream frames = new DataInputStream(new ByteArrayInputStream(packed));
        frameOffsets = new long[frameCount];
        frameStored = new long[frameCount];
        for (int i = 0; i < frameCount; i++) {
            frameOffsets[i] = varint(frames);
            frameStored[i] = varint(frames);
        }
        blocks = new Block[bounded(in.readInt(), raw.length)];
        readBlocks(in, size);
        wordsFrom = new long[blocks.length];
        long word = lastIteration;
        for (int i = blocks.length - 1; i >= 0; i--) {
            wordsFrom[i] = word;
            if (blocks[i].firstWord >= 0) {
                word = blocks[i].firstWord;
            }
        }
        checkFrames();
    }

    private void readBlocks(DataInputStream in, long size) throws IOException {
        long number = 0;
        for (int i = 0; i < blocks.length; i++) {
            Block block = new Block(
                    in.readLong(),
                    bounded(in.readInt(), IndexFormat.LARGEST_BLOCK),
                    number,
                    bounded(in.readInt(), IndexFormat.MOST_ROWS),
                    in.readByte(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readBoolean(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong());
            if (block.at < 0 || block.at > size - block.stored || block.count == 0) {
                throw new DamagedLogIndexException(DAMAGED + "block " + i + " lies outside");
            }
            blocks[i] = block;
            number = block.end();
        }
        if (number != entries) {
            throw new DamagedLogIndexException(DAMAGED + number + " entries in blocks instead of " + entries);
        }
    }

    private void checkFrames() throws IOException {
        for (int i = 0; i < frameOffsets.length; i++) {
            if (frameSize(i) < 0
                    || frameSize(i) > LARGEST_FRAME
                    || storedEnd(i) < frameStored[i]
                    || storedEnd(i) - frameStored[i] > LARGEST_FRAME) {
                throw new DamagedLogIndexException(DAMAGED + "frame " + i + " cannot be");
            }
        }
        if (frameOffsets.length > 0 && (frameOffsets[0] != 0 || frameStored[0] != 0)) {
            throw new DamagedLogIndexException(DAMAGED + "the first frame is not at the beginning");
        }
    }

    /**
     * Reads the directory of a stored index.
     *
     * @param log the log that it is to be of
     * @throws DamagedLogIndexException when it is damaged, of another log, or of a version that is not known here
     */
    static IndexDirectory read(BlobStore store, Digest index, Digest log) throws IOException {
        OptionalLong size = store.size(index);
        if (size.isEmpty()) {
            store.open(index).close(); // says that it is not there
            throw new IOException("the blob store gives no size of " + index);
        }
        long trailerAt = size.getAsLong() - IndexFormat.TRAILER;
        if (trailerAt < 0) {
            throw new DamagedLogIndexException(DAMAGED + "it has only " + size.getAsLong() + " bytes");
        }
        byte[] trailer = bytes(store, index, trailerAt, IndexFormat.TRAILER);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(trailer));
        byte[] magic = in.readNBytes(IndexFormat.MAGIC.length);
        int version = in.readInt();
        long at = in.readLong();
        int length = in.readInt();
        String digest = HexFormat.of().formatHex(in.readNBytes(32));
        CRC32 crc = new CRC32();
        crc.update(trailer, 0, IndexFormat.TRAILER - 4);
        if (!Arrays.equals(magic, IndexFormat.MAGIC) || in.readInt() != (int) crc.getValue()) {
            throw new DamagedLogIndexException(DAMAGED + "its end is not that of an index");
        }
        if (version != IndexFormat.VERSION) {
            throw new DamagedLogIndexException("the log's index has version " + version + ", and version "
                    + IndexFormat.VERSION + " is known here");
        }
        if (!digest.equals(log.hex())) {
            throw new DamagedLogIndexException("the index is of another log: of " + digest + ", not of " + log);
        }
        if (at < 0 || length < 0 || at > trailerAt - length) {
            throw new DamagedLogIndexException(DAMAGED + "its directory lies outside");
        }
        byte[] raw = decompress(bytes(store, index, at, length), IndexFormat.LARGEST_DIRECTORY);
        try {
            return new IndexDirectory(raw, at);
        } catch (IndexOutOfBoundsException | java.io.EOFException e) {
            throw new DamagedLogIndexException(DAMAGED + "its directory makes no sense", e);
        }
    }

    /** Exactly these bytes of a blob. */
    static byte[] bytes(BlobStore store, Digest digest, long at, int length) throws IOException {
        byte[] bytes;
        try (InputStream in = store.open(digest, at, length)) {
            bytes = in.readNBytes(length);
        } catch (IllegalArgumentException e) {
            throw new DamagedLogIndexException("blob " + digest + " is shorter than its index tells", e);
        }
        if (bytes.length < length) {
            throw new DamagedLogIndexException("blob " + digest + " is shorter than its index tells");
        }
        return bytes;
    }

    /** A zstd frame that tells its size. */
    static byte[] decompress(byte[] stored, int most) throws DamagedLogIndexException {
        long size = Zstd.getFrameContentSize(stored);
        if (size < 0 || size > most) {
            throw new DamagedLogIndexException(DAMAGED + "a part has " + size + " bytes");
        }
        return decompress(stored, new byte[(int) size]);
    }

    /** A zstd frame of exactly as many bytes as fit. */
    static byte[] decompress(byte[] stored, byte[] to) throws DamagedLogIndexException {
        try {
            long size = Zstd.decompressByteArray(to, 0, to.length, stored, 0, stored.length);
            if (Zstd.isError(size) || size != to.length) {
                throw new DamagedLogIndexException(
                        DAMAGED + "a part does not decompress to its " + to.length + " bytes");
            }
            return to;
        } catch (ZstdException e) {
            throw new DamagedLogIndexException(DAMAGED + e.getMessage(), e);
        }
    }

    private static long[] longs(DataInputStream in, int count) throws IOException {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.readLong();
        }
        return values;
    }

    private static long varint(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.readByte();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number without an end");
    }

    private static int bounded(int value, int most) {
        if (value < 0 || value > most) {
            throw new IndexOutOfBoundsException(value + " is more than " + most);
        }
        return value;
    }

    LogSummary summary() {
        return LogSummary.of(
                bytes,
                entries,
                !cut,
                known(fromInstruction),
                known(toInstruction),
                firstIteration,
                lastIteration,
                kinds,
                vectors,
                repeatCount,
                repeats,
                failure);
    }

    private static @Nullable Long known(long instruction) {
        return instruction == IndexFormat.UNKNOWN ? null : (Long) instruction;
    }

    long entries() {
        return entries;
    }

    @Nullable
    Long toInstruction() {
        return known(toInstruction);
    }

    int blockCount() {
        return blocks.length;
    }

    Block block(int index) {
        return blocks[index];
    }

    /** The block that holds an entry. */
    int blockOf(long number) {
        int low = 0;
        int high = blocks.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (blocks[middle].number <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The last iteration that an entry can be of, behind whose block's rows no report follows. */
    long wordBehind(int block) {
        return wordsFrom[block];
    }

    /** @throws InvalidInputException when the log has nothing of this iteration */
    void requireIteration(long iteration) {
        InvalidInputException.require(
                iteration >= firstIteration && iteration <= lastIteration,
                "iteration",
                iteration,
                "must be in this log, which covers iterations " + firstIteration + " to " + lastIteration);
    }

    /** The frame of the log that holds a byte; -1 when there is none. */
    int frameOf(long offset) {
        int found = Arrays.binarySearch(frameOffsets, offset);
        if (found >= 0) {
            // Empty frames begin where the next one does.
            while (found + 1 < frameOffsets.length && frameOffsets[found + 1] == offset) {
                found++;
            }
            return found;
        }
        return -found - 2;
    }

    long frameOffset(int frame) {
        return frameOffsets[frame];
    }

    int frameSize(int frame) {
        long end = frame + 1 < frameOffsets.length ? frameOffsets[frame + 1] : bytes;
        return (int) Math.max(-1, Math.min(Integer.MAX_VALUE, end - frameOffsets[frame]));
    }

    long frameStored(int frame) {
        return frameStored[frame];
    }

    long storedEnd(int frame) {
        return frame + 1 < frameStored.length ? frameStored[frame + 1] : storedSize;
    }
}
