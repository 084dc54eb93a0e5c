package io.bohrwerk.mergedlog;

import com.github.luben.zstd.ZstdCompressCtx;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Writes the index of a merged log while the log's bytes pass by, see {@link IndexFormat}. Its memory is some 4 MB, and 100 bytes for each
 * 4,096 entries.
 */
public final class LogIndexWriter implements AutoCloseable {
    private static final int LEVEL = 3;

    private final OutputStream out;
    private final LogSpan span;
    private final Symbols symbols;
    private final LogParser parser = new LogParser(new Rows());
    private final RegisterDump dump = new RegisterDump();
    private final TrapFrames traps = new TrapFrames();
    private final AgentWord word = new AgentWord();
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private long written;

    // The block that is being filled.
    private final IndexFormat.Buffer rows = new IndexFormat.Buffer();
    private final Map<String, Integer> names = new HashMap<>();
    private final IndexFormat.Buffer nameBytes = new IndexFormat.Buffer();
    private int count;
    private int kinds;
    private final long[] vectors = new long[4];
    private boolean repeats;
    private long blockFrom;
    private long firstWord = IndexFormat.UNKNOWN;
    private long blockStart;
    private long previousEnd;

    // The log as a whole.
    private final ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    private final ByteArrayOutputStream frames = new ByteArrayOutputStream();
    private int blockCount;
    private int frameCount;
    private long number;
    private long bytes;
    private long from;
    private boolean over;
    private long failure = IndexFormat.UNKNOWN;
    private @Nullable String failureLine;
    private long failingIteration;
    private final long[] kindCounts = new long[LogKind.values().length];
    private final long[] vectorCounts = new long[256];
    private long repeatCount;
    private final long[] repeatNumbers = new long[IndexFormat.LISTED_REPEATS];

    /**
     * @param out takes the index; not closed here
     * @param symbols of the guest's code
     */
    public LogIndexWriter(OutputStream out, LogSpan span, Symbols symbols) {
        this.out = out;
        this.span = span;
        this.symbols = symbols;
        this.from = span.first();
        this.blockFrom = from;
        zstd.setLevel(LEVEL);
        zstd.setChecksum(true);
    }

    /**
     * What is known of a log when it is at its end.
     *
     * @param log digest of the log as it is stored
     * @param storedSize its size as it is stored
     * @param cut whether its end is missing
     * @param fromInstruction count at which logging began, null when it is not known
     * @param toInstruction count at which the machine stopped, null when it is not known
     */
    public record Ending(
            Digest log,
            long storedSize,
            boolean cut,
            @Nullable Long fromInstruction,
            @Nullable Long toInstruction) {}

    /**
     * Names the line with which the failure begins, as a kernel's report does: the first that contains it. Without one it is the agent's
     * first {@code fail}.
     */
    public void failsAt(String line) {
        failureLine = line;
    }

    /**
     * The iteration in which the line of {@link #failsAt} was printed; 0 when it was not met. Unlike two readers of two consoles, the log has
     * one order.
     */
    public long failingIteration() {
        return failingIteration;
    }

    /** Another zstd frame of the log begins: what is fed next is its first byte. */
    public void frame(long storedOffset) {
        IndexFormat.Buffer frame = new IndexFormat.Buffer();
        frame.varint(bytes);
        frame.varint(storedOffset);
        frame.writeTo(frames);
        frameCount++;
    }

    /** The log's next bytes. */
    public void feed(byte[] some, int offset, int length) throws IOException {
        bytes += length;
        try {
            parser.feed(some, offset, length);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Writes what remains. Call it once, after the log's last byte. */
    public void finish(Ending ending) throws IOException {
        try {
            parser.finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        endBlock();
        byte[] directory = zstd.compress(directory(ending));
        long at = written;
        write(directory);
        ByteArrayOutputStream trailer = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(trailer);
        data.write(IndexFormat.MAGIC);
        data.writeInt(IndexFormat.VERSION);
        data.writeLong(at);
        data.writeInt(directory.length);
        data.write(HexFormat.of().parseHex(ending.log.hex()));
        CRC32 crc = new CRC32();
        crc.update(trailer.toByteArray());
        data.writeInt((int) crc.getValue());
        write(trailer.toByteArray());
        out.flush();
    }

    @Override
    public void close() {
        zstd.close();
    }

    private byte[] directory(Ending ending) throws IOException {
        ByteArrayOutputStream bytesOut = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytesOut);
        data.writeLong(bytes);
        data.writeLong(ending.storedSize);
        data.writeLong(number);
        data.writeBoolean(ending.cut);
        data.writeLong(ending.fromInstruction == null ? IndexFormat.UNKNOWN : ending.fromInstruction);
        data.writeLong(ending.toInstruction == null ? IndexFormat.UNKNOWN : ending.toInstruction);
        data.writeLong(span.first());
        data.writeLong(lastIteration());
        data.writeLong(failure == IndexFormat.UNKNOWN ? Math.max(0, number - 1) : failure);
        for (long kind : kindCounts) {
            data.writeLong(kind);
        }
        for (long vector : vectorCounts) {
            data.writeLong(vector);
        }
        data.writeLong(repeatCount);
        int listed = (int) Math.min(repeatCount, repeatNumbers.length);
        data.writeInt(listed);
        for (int i = 0; i < listed; i++) {
            data.writeLong(repeatNumbers[i]);
        }
        data.writeInt(frameCount);
        data.writeInt(frames.size());
        frames.writeTo(data);
        data.writeInt(blockCount);
        blocks.writeTo(data);
        return bytesOut.toByteArray();
    }

    /** Behind {@code fail} and {@code done} no iteration begins; else the guest would have reported after so many. */
    private long lastIteration() {
        return over ? from : Math.max(from, Math.min(span.last(), from + span.reportEvery() - 1));
    }

    private void write(byte[] some) throws IOException {
        out.write(some);
        written += some.length;
    }

    /** Entries to rows. */
    private final class Rows implements LogParser.Sink {
        private final long[] start = new long[1];
        private final int[] length = new int[1];

        @Override
        public void emulator(LogShape shape, byte[] entry, int begin, int end, long offset) {
            endFullBlock();
            start[0] = offset;
            length[0] = end - begin;
            if (shape != LogShape.INTERRUPT) {
                row(shape, 0, 0, start, length, 1);
                return;
            }
            dump.readInterrupt(entry, begin, end);
            int vector = (int) dump.get(RegisterDump.VECTOR) & 0xff;
            vectors[vector >> 6] |= 1L << (vector & 63);
            vectorCounts[vector]++;
            Symbols.@Nullable Place place = null;
            long earlier = TrapFrames.NONE;
            if (dump.has(RegisterDump.PC)) {
                place = symbols.at(dump.get(RegisterDump.PC));
                earlier = traps.see(dump, number);
            }
            int flags = (place == null ? 0 : IndexFormat.SYMBOL) | (earlier < 0 ? 0 : IndexFormat.REPEAT);
            row(shape, flags, vector, start, length, 1);
            if (earlier >= 0) {
                rows.varint(number - 1 - earlier);
                rows.varint(traps.differences());
                if (repeatCount < repeatNumbers.length) {
                    repeatNumbers[(int) repeatCount] = number - 1;
                }
                repeatCount++;
                repeats = true;
            }
            if (place != null) {
                rows.varint(names.computeIfAbsent(place.symbol(), this::name));
                rows.varint(place.offset());
            }
        }

        private int name(String symbol) {
            byte[] utf8 = symbol.getBytes(StandardCharsets.UTF_8);
            nameBytes.varint(utf8.length);
            nameBytes.put(utf8);
            return names.size();
        }

        @Override
        public void guest(byte[] text, int textLength, long[] offsets, int[] lengths, int pieces) {
            endFullBlock();
            long said = word.read(text, textLength);
            // Behind the first failure no iteration begins, whatever is said.
            boolean counts = !over && said >= from && said <= span.last();
            String line = failureLine;
            if (line != null
                    && failure == IndexFormat.UNKNOWN
                    && textLength >= line.length()
                    && new String(text, 0, textLength, StandardCharsets.UTF_8).contains(line)) {
                failure = number;
                failingIteration = from;
            }
            row(
                    LogShape.GUEST,
                    (counts ? IndexFormat.WORD : 0) | (pieces > 1 ? IndexFormat.BROKEN : 0),
                    0,
                    offsets,
                    lengths,
                    pieces);
            if (counts) {
                rows.varint(said - from << 1 | (word.pass() && said < span.last() ? 1 : 0));
                if (firstWord == IndexFormat.UNKNOWN) {
                    firstWord = said;
                }
                if (word.fail() && failureLine == null) {
                    failure = number - 1;
                }
                over = !word.pass();
                from = word.pass() ? Math.min(said + 1, span.last()) : said;
                traps.clear();
            }
        }
    }

    private void row(LogShape shape, int flags, int vector, long[] offsets, int[] lengths, int pieces) {
        if (count == 0) {
            blockStart = previousEnd;
            blockFrom = from;
        }
        rows.put(shape.ordinal() | flags);
        if (shape == LogShape.INTERRUPT) {
            rows.put(vector);
        }
        rows.signed(offsets[0] - previousEnd);
        rows.varint(lengths[0]);
        if (pieces > 1) {
            rows.varint(pieces - 1);
            for (int i = 1; i < pieces; i++) {
                rows.varint(offsets[i] - offsets[i - 1] - lengths[i - 1]);
                rows.varint(lengths[i]);
            }
        }
        previousEnd = offsets[pieces - 1] + lengths[pieces - 1];
        count++;
        number++;
        kinds |= 1 << shape.kind().ordinal();
        kindCounts[shape.kind().ordinal()]++;
    }

    /** Between rows: what belongs to a row is written before it. */
    private void endFullBlock() {
        if (count == IndexFormat.MOST_ROWS || rows.size() >= IndexFormat.LARGE_BLOCK) {
            try {
                endBlock();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void endBlock() throws IOException {
        if (count == 0) {
            return;
        }
        IndexFormat.Buffer payload = new IndexFormat.Buffer();
        payload.varint(names.size());
        payload.put(Arrays.copyOf(nameBytes.bytes(), nameBytes.size()));
        payload.put(Arrays.copyOf(rows.bytes(), rows.size()));
        byte[] stored = zstd.compress(Arrays.copyOf(payload.bytes(), payload.size()));
        DataOutputStream summary = new DataOutputStream(blocks);
        summary.writeLong(written);
        summary.writeInt(stored.length);
        summary.writeInt(count);
        summary.writeByte(kinds);
        for (long vector : vectors) {
            summary.writeLong(vector);
        }
        summary.writeBoolean(repeats);
        summary.writeLong(blockFrom);
        summary.writeLong(firstWord);
        summary.writeLong(blockStart);
        blockCount++;
        write(stored);
        rows.clear();
        names.clear();
        nameBytes.clear();
        count = 0;
        kinds = 0;
        Arrays.fill(vectors, 0);
        repeats = false;
        firstWord = IndexFormat.UNKNOWN;
    }
}
