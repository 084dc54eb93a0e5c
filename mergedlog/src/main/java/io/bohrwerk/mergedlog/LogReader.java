package io.bohrwerk.mergedlog;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions to a stored merged log by its index, with range reads of both. Keeps the index's directory, some 100 bytes for each
 * 4,096 entries; safe for many threads.
 */
public final class LogReader {
    /** Bytes of the log that one question may decompress; some 100 ms of work, a text search included. */
    private static final long MOST_RAW_BYTES = 48L << 20;
    /** Blocks of rows that one question may look at: some 100 ms. */
    private static final int MOST_BLOCKS = 200;
    /** Text in an answer: what a page can show. */
    private static final long MOST_TEXT = 4L << 20;
    /** Longest text of one entry. */
    private static final int LONGEST_RAW = 16 << 10;

    private final BlobStore store;
    private final Digest log;
    private final Digest index;
    private final IndexDirectory directory;

    private LogReader(BlobStore store, Digest log, Digest index, IndexDirectory directory) {
        this.store = store;
        this.log = log;
        this.index = index;
        this.directory = directory;
    }

    /**
     * Opens a log.
     *
     * @param log the stored log's digest
     * @param index the stored index's digest
     * @throws DamagedLogIndexException when the index is damaged or of another log
     * @throws io.bohrwerk.blob.NoSuchBlobException when it is not there
     */
    public static LogReader open(BlobStore store, Digest log, Digest index) throws IOException {
        return new LogReader(store, log, index, IndexDirectory.read(store, index, log));
    }

    public LogSummary summary() {
        return directory.summary();
    }

    /**
     * The entries that match.
     *
     * @throws InvalidInputException when the log has nothing of the iteration, or no entry of the number asked for
     * @throws DamagedLogIndexException when index or log turn out to be damaged
     */
    public LogPage find(LogQuery query) throws IOException {
        if (query.iteration() != null) {
            directory.requireIteration(query.iteration());
        }
        InvalidInputException.require(
                query.from() == null || query.from() < Math.max(1, directory.entries()),
                "from",
                String.valueOf(query.from()),
                "must be below the log's " + directory.entries() + " entries");
        return new Look(query).page();
    }

    /** One question's way through the log. */
    private final class Look {
        private final LogQuery query;
        private final byte @Nullable [] wanted;
        private final LogBytes bytes = new LogBytes(store, log, directory);
        private final List<LogPage.Found> found = new ArrayList<>();
        private final long low;
        private final long high;
        private @Nullable IndexBlock block;
        private int blockIndex = -1;
        private int blocksRead;
        private long textSize;

        Look(LogQuery query) throws IOException {
            this.query = query;
            String text = query.text();
            this.wanted = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            Long iteration = query.iteration();
            this.low = iteration == null ? 0 : firstOf(iteration);
            this.high = iteration == null ? directory.entries() : endOf(iteration);
        }

        LogPage page() throws IOException {
            Long from = query.from();
            if (query.backward()) {
                long start = from == null ? high - 1 : Math.min(from, high - 1);
                long stopped = walk(start, -1);
                Collections.reverse(found);
                return new LogPage(
                        List.copyOf(found),
                        start + 1 < high ? start + 1 : null,
                        stopped >= low ? (Long) stopped : null);
            }
            long start = from == null ? low : Math.max(from, low);
            long stopped = walk(start, 1);
            return new LogPage(
                    List.copyOf(found),
                    stopped < high ? (Long) stopped : null,
                    start > low ? (Long) (start - 1) : null);
        }

        /** Walks until there is enough, and tells where it stopped: the first entry that was not looked at. */
        private long walk(long start, int step) throws IOException {
            long number = start;
            while (number >= low && number < high) {
                int at = directory.blockOf(number);
                IndexDirectory.Block summary = directory.block(at);
                if (!query.mayBeIn(summary)) {
                    number = step > 0 ? summary.end() : summary.number() - 1;
                    continue;
                }
                if (at != blockIndex && blocksRead >= MOST_BLOCKS) {
                    return number;
                }
                IndexBlock rows = block(at);
                while (number >= Math.max(low, summary.number()) && number < Math.min(high, summary.end())) {
                    int row = (int) (number - summary.number());
                    if (query.matches(rows, row)) {
                        if (full()) {
                            return number;
                        }
                        take(rows, row, number);
                    }
                    number += step;
                }
            }
            return number;
        }

        private boolean full() {
            return found.size() >= query.limit() || textSize >= MOST_TEXT || bytes.decompressed() >= MOST_RAW_BYTES;
        }

        private void take(IndexBlock rows, int row, long number) throws IOException {
            bytes.read(rows, row);
            if (wanted != null && !bytes.contain(wanted)) {
                return;
            }
            byte[] entry = bytes.array();
            int from = bytes.from();
            int to = from + bytes.length();
            String raw = new String(entry, from, Math.min(bytes.length(), LONGEST_RAW), StandardCharsets.UTF_8);
            textSize += raw.length();
            LogShape shape = rows.shape(row);
            long iterationTo = rows.nextWord(row);
            found.add(new LogPage.Found(
                    number,
                    rows.offset(row),
                    bytes.length(),
                    shape.kind(),
                    rows.iterationFrom(row),
                    iterationTo >= 0 ? iterationTo : directory.wordBehind(blockIndex),
                    number == directory.entries() - 1 ? directory.toInstruction() : null,
                    raw,
                    LogEntry.of(shape, entry, from, to),
                    rows.symbol(row),
                    rows.repeats(row)
                            ? new LogPage.Repeat(rows.repeated(row, number), TrapFrames.names(rows.differences(row)))
                            : null));
        }

        private IndexBlock block(int at) throws IOException {
            IndexBlock known = block;
            if (known != null && blockIndex == at) {
                return known;
            }
            IndexDirectory.Block summary = directory.block(at);
            byte[] stored = IndexDirectory.bytes(store, index, summary.at(), summary.stored());
            IndexBlock read = IndexBlock.read(summary, IndexDirectory.decompress(stored, IndexFormat.LARGEST_BLOCK));
            block = read;
            blockIndex = at;
            blocksRead++;
            return read;
        }

        /** The first entry that can be of an iteration. Iterations never fall from entry to entry. */
        private long firstOf(long iteration) throws IOException {
            int lowBlock = 0;
            int highBlock = directory.blockCount();
            while (lowBlock < highBlock) {
                int middle = (lowBlock + highBlock) >>> 1;
                if (directory.wordBehind(middle) >= iteration) {
                    highBlock = middle;
                } else {
                    lowBlock = middle + 1;
                }
            }
            if (lowBlock == directory.blockCount()) {
                return directory.entries();
            }
            IndexBlock rows = block(lowBlock);
            IndexDirectory.Block summary = rows.summary();
            for (int row = 0; row < summary.count(); row++) {
                long to = rows.nextWord(row);
                if ((to >= 0 ? to : directory.wordBehind(lowBlock)) >= iteration) {
                    return summary.number() + row;
                }
            }
            return summary.end();
        }

        /** Behind the last entry that can be of an iteration. */
        private long endOf(long iteration) throws IOException {
            int lowBlock = -1;
            int highBlock = directory.blockCount() - 1;
            while (lowBlock < highBlock) {
                int middle = (lowBlock + highBlock + 1) >>> 1;
                if (directory.block(middle).from() <= iteration) {
                    lowBlock = middle;
                } else {
                    highBlock = middle - 1;
                }
            }
            if (lowBlock < 0) {
                return 0;
            }
            IndexBlock rows = block(lowBlock);
            int row = rows.summary().count();
            while (row > 0 && rows.iterationFrom(row - 1) > iteration) {
                row--;
            }
            return rows.summary().number() + row;
        }
    }
}
