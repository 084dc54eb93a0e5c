package io.bohrwerk.mergedlog;

import java.nio.charset.StandardCharsets;

/**
 * Takes a merged log apart into entries, as its bytes come.
 *
 * <p>QEMU writes whole lines, and all lines of one entry in a row; the guest's bytes come one by one. So an entry of the emulator is one
 * range of bytes, and may stand in the middle of a guest's line, which goes on behind it. Entries come in the order of their last bytes:
 * a guest's line counts as said when its newline comes.
 *
 * <p>The ranges of all entries together cover every byte exactly once, whatever the bytes are: what has no shape of the emulator's is
 * the guest's. Nothing is thrown for any input, memory is bounded, and how the bytes are cut into calls of {@link #feed} makes no
 * difference.
 *
 * <p>The shapes are those of QEMU 7.2: {@code target/i386/cpu-dump.c}, {@code target/i386/tcg/seg_helper.c}, {@code excp_helper.c},
 * {@code accel/tcg/cpu-exec.c}, {@code hw/core/cpu-common.c}. A guest that prints the like of them is misread; two guest channels that
 * write at once are not told apart, since their bytes carry no mark.
 */
public final class LogParser {
    /** A longer line is taken in pieces. */
    static final int LONGEST_LINE = 16 << 10;
    /** A longer entry of the emulator's is ended: the largest that is known, a block's host code, has some 30 KiB. */
    static final int LARGEST_ENTRY = 64 << 10;
    /** A guest's line in more pieces, or across more entries, is ended: {@code exec} logs some hundred entries a byte. */
    static final int MOST_PIECES = 4096;

    static final int MOST_ENTRIES_ACROSS = 1 << 16;

    private static final int WINDOW = 512 << 10;
    private static final byte[] DASHES = ascii("----------------\n");

    /** Told of each entry. The arrays are used again after the call. */
    public interface Sink {
        /**
         * An entry of the emulator's.
         *
         * @param offset of {@code bytes[from]} in the log
         */
        void emulator(LogShape shape, byte[] bytes, int from, int to, long offset);

        /**
         * A line of the guest's, with its newline if it had one.
         *
         * @param text the pieces put together; {@code length} bytes of it
         * @param offsets of the pieces in the log
         * @param lengths of the pieces
         */
        void guest(byte[] text, int length, long[] offsets, int[] lengths, int pieces);
    }

    private enum Stage {
        NONE,
        /** Of an interrupt, before the line with its frame. */
        PREFACE,
        /** Registers may follow, in {@link RegisterLines}' order. */
        REGISTERS,
        /** Dashes, which only an {@code IN:} makes the emulator's. */
        DASHES,
        /** To an empty line. */
        INSTRUCTIONS,
        OPERATIONS,
        /** Behind an empty line of them: more may follow. */
        OPERATIONS_PAUSED
    }

    private final Sink sink;
    private final byte[] window = new byte[WINDOW];
    private int filled;
    private int line;
    private int scanned;
    private long windowOffset;

    private Stage stage = Stage.NONE;
    private LogShape shape = LogShape.NOTE;
    private int entry;
    private int entryEnd;
    private int rank;

    private final byte[] text = new byte[LONGEST_LINE];
    private int textLength;
    private long[] offsets = new long[8];
    private int[] lengths = new int[8];
    private int pieces;
    private int entriesAcross;

    public LogParser(Sink sink) {
        this.sink = sink;
    }

    public void feed(byte[] bytes, int from, int length) {
        int at = from;
        int left = length;
        while (left > 0) {
            if (filled == WINDOW) {
                compact();
            }
            int n = Math.min(left, WINDOW - filled);
            System.arraycopy(bytes, at, window, filled, n);
            filled += n;
            at += n;
            left -= n;
            parse();
        }
    }

    /** Ends what is open. Call it once, after the last {@link #feed}. */
    public void finish() {
        while (line < filled) {
            take(line, Math.min(filled, line + LONGEST_LINE), false);
        }
        endEntry();
        endGuest();
    }

    /** What is before the open entry and line is done with; both together are far smaller than the window. */
    private void compact() {
        int keep = stage == Stage.NONE ? line : entry;
        System.arraycopy(window, keep, window, 0, filled - keep);
        windowOffset += keep;
        filled -= keep;
        line -= keep;
        scanned -= keep;
        entry -= keep;
        entryEnd -= keep;
    }

    private void parse() {
        byte[] bytes = window;
        int end = filled;
        while (true) {
            int limit = Math.min(end, line + LONGEST_LINE);
            int at = Math.max(scanned, line);
            while (at < limit && bytes[at] != '\n') {
                at++;
            }
            scanned = at;
            if (at < limit) {
                take(line, at + 1, true);
            } else if (limit < line + LONGEST_LINE) {
                return;
            } else {
                take(line, limit, false);
            }
        }
    }

    /** Takes a line, or the beginning of one that is too long or the last. Sets {@code line} behind what was taken. */
    private void take(int from, int to, boolean whole) {
        if (stage != Stage.NONE) {
            if (whole && to - entry <= LARGEST_ENTRY && goesOn(from, to)) {
                entryEnd = to;
                line = to;
                return;
            }
            endEntry();
        }
        if (whole && begins(from, to)) {
            open(from, to);
            return;
        }
        int opener = Openers.within(window, from + 1, to);
        if (opener < to) {
            guest(from, opener, false);
            if (whole && begins(opener, to)) {
                open(opener, to);
            } else {
                line = opener; // a line of the emulator's that is not all here yet
                scanned = Math.min(scanned, to);
            }
        } else {
            guest(from, to, whole);
            line = to;
        }
    }

    private void open(int from, int to) {
        entry = from;
        entryEnd = to;
        line = to;
        if (stage == Stage.NONE) {
            endEntry();
        }
    }

    /** Whether an entry of the emulator's begins with this line. Sets its shape and stage. */
    private boolean begins(int from, int to) {
        Openers.Opener opener = Openers.at(window, from, to);
        if (opener == null) {
            return false;
        }
        shape = opener.shape();
        rank = 0;
        stage = switch (opener) {
            case SERVICING, SERVICING_VIRTUAL, CHECK_EXCEPTION -> Stage.PREFACE;
            case FRAME, CPU_RESET, SMM_ENTER, SMM_LEAVE, TRACE -> Stage.REGISTERS;
            case REGISTERS_32, REGISTERS_64 -> {
                rank = RegisterLines.rank(window, from, to);
                yield Stage.REGISTERS;
            }
            case DASHES -> Stage.DASHES;
            case OPERATIONS, OPERATIONS_OPTIMIZED, OPERATIONS_LOWERED -> Stage.OPERATIONS;
            case HOST_CODE, PROLOGUE -> Stage.INSTRUCTIONS;
            case TRIPLE_FAULT, STOPPED, LINKING, RECOMPILE, NOTE -> Stage.NONE;
        };
        return true;
    }

    /** Whether the open entry goes on with this line. */
    private boolean goesOn(int from, int to) {
        switch (stage) {
            case PREFACE:
                if (Openers.frame(window, from, to) == from) {
                    stage = Stage.REGISTERS;
                    return true;
                }
                return false;
            case REGISTERS:
                int next = RegisterLines.rank(window, from, to);
                if (next > rank || next == rank && RegisterLines.repeats(next)) {
                    rank = next;
                    return true;
                }
                return false;
            case DASHES:
                if (startsWith(window, from, to, IN)) {
                    stage = Stage.INSTRUCTIONS;
                    return true;
                }
                return false;
            case INSTRUCTIONS:
                if (to - from == 1) {
                    entryEnd = to;
                    return closing();
                }
                return startsWith(window, from, to, ADDRESS)
                        || startsWith(window, from, to, INDENTED)
                        || startsWith(window, from, to, OBJDUMP);
            case OPERATIONS:
                if (to - from == 1) {
                    stage = Stage.OPERATIONS_PAUSED;
                    return true;
                }
                return window[from] == ' ';
            case OPERATIONS_PAUSED:
                if (startsWith(window, from, to, NEXT_INSTRUCTION)) {
                    stage = Stage.OPERATIONS;
                    return true;
                }
                return false;
            default:
                return false;
        }
    }

    /** The empty line belongs to the entry, and nothing behind it. */
    private boolean closing() {
        endEntry();
        return true;
    }

    private static final byte[] IN = ascii("IN: ");
    private static final byte[] ADDRESS = ascii("0x");
    private static final byte[] INDENTED = ascii("  ");
    private static final byte[] OBJDUMP = ascii("OBJD-");
    private static final byte[] NEXT_INSTRUCTION = ascii(" ---- ");

    private void endEntry() {
        if (entryEnd == entry) {
            stage = Stage.NONE;
            return;
        }
        int from = entry;
        int to = entryEnd;
        boolean onlyDashes = stage == Stage.DASHES;
        entry = to;
        stage = Stage.NONE;
        if (onlyDashes) {
            guest(from, to, true);
            return;
        }
        sink.emulator(shape, window, from, to, windowOffset + from);
        if (pieces > 0 && ++entriesAcross > MOST_ENTRIES_ACROSS) {
            endGuest();
        }
    }

    private void guest(int from, int to, boolean ended) {
        int at = from;
        while (at < to) {
            if (textLength == LONGEST_LINE || pieces == MOST_PIECES) {
                endGuest();
            }
            int n = Math.min(to - at, LONGEST_LINE - textLength);
            System.arraycopy(window, at, text, textLength, n);
            textLength += n;
            addPiece(windowOffset + at, n);
            at += n;
        }
        if (ended) {
            endGuest();
        }
    }

    private void addPiece(long offset, int length) {
        if (pieces > 0 && offsets[pieces - 1] + lengths[pieces - 1] == offset) {
            lengths[pieces - 1] += length;
            return;
        }
        if (pieces == offsets.length) {
            offsets = java.util.Arrays.copyOf(offsets, 2 * pieces);
            lengths = java.util.Arrays.copyOf(lengths, 2 * pieces);
        }
        offsets[pieces] = offset;
        lengths[pieces++] = length;
    }

    private void endGuest() {
        if (pieces > 0) {
            sink.guest(text, textLength, offsets, lengths, pieces);
            pieces = 0;
            textLength = 0;
        }
        entriesAcross = 0;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
        if (to - from < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[from + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
