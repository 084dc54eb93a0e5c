package io.bohrwerk.mergedlog;

import static io.bohrwerk.mergedlog.LogParser.ascii;
import static io.bohrwerk.mergedlog.LogParser.startsWith;

import org.jspecify.annotations.Nullable;

/** The lines that an entry of the emulator's can begin with. */
final class Openers {
    /** {@code %6d} of the entry's number. */
    private static final int NUMBER_WIDTH = 6;

    private static final int LONGEST_NUMBER = 10;
    private static final byte[] VECTOR = ascii(": v=");
    private static final byte[] NEW = ascii(" new 0x");
    private static final byte[] HOST_ADDRESS = ascii(": 0x");
    private static final byte[] CLOSED = ascii(")\n");
    private static final byte[] SECOND_32 = ascii(" EBX=");
    private static final byte[] SECOND_64 = ascii(" RBX=");

    private static final Opener[] ALL = Opener.values();
    /** By the first byte of the line: whether some opener begins so. */
    private static final boolean[] FIRST = new boolean[256];

    static {
        for (Opener opener : ALL) {
            FIRST[opener.prefix[0]] = true;
        }
    }

    private Openers() {}

    enum Opener {
        /** {@code      0: v=01 e=0000 i=0 cpl=0 IP=…}: found by what follows the number. */
        FRAME("v=", LogShape.INTERRUPT),
        SERVICING("Servicing hardware INT=0x", LogShape.INTERRUPT),
        SERVICING_VIRTUAL("Servicing virtual hardware INT=0x", LogShape.INTERRUPT),
        CHECK_EXCEPTION("check_exception old: 0x", LogShape.INTERRUPT),
        TRACE("Trace ", LogShape.EXEC),
        STOPPED("Stopped execution of TB chain before 0x", LogShape.EXEC),
        LINKING("Linking TBs 0x", LogShape.EXEC),
        RECOMPILE("cpu_io_recompile: rewound execution of TB to ", LogShape.EXEC),
        REGISTERS_32("EAX=", LogShape.CPU),
        REGISTERS_64("RAX=", LogShape.CPU),
        DASHES("----------------\n", LogShape.IN_ASM),
        CPU_RESET("CPU Reset (CPU ", LogShape.CPU_RESET),
        TRIPLE_FAULT("Triple fault\n", LogShape.TRIPLE_FAULT),
        SMM_ENTER("SMM: enter\n", LogShape.SMM),
        SMM_LEAVE("SMM: after RSM\n", LogShape.SMM),
        OPERATIONS("OP:\n", LogShape.CODE),
        OPERATIONS_OPTIMIZED("OP after optimization and liveness analysis:\n", LogShape.CODE),
        OPERATIONS_LOWERED("OP before indirect lowering:\n", LogShape.CODE),
        HOST_CODE("OUT: [size=", LogShape.CODE),
        PROLOGUE("PROLOGUE: [size=", LogShape.CODE),
        NOTE("[bohrwerk: ", LogShape.NOTE);

        private final byte[] prefix;
        private final LogShape shape;

        Opener(String prefix, LogShape shape) {
            this.prefix = ascii(prefix);
            this.shape = shape;
        }

        LogShape shape() {
            return shape;
        }

        private boolean matches(byte[] bytes, int from, int to) {
            if (!startsWith(bytes, from, to, prefix)) {
                return false;
            }
            int at = from + prefix.length;
            return switch (this) {
                case FRAME -> false;
                case SERVICING, SERVICING_VIRTUAL -> ends(bytes, hex(bytes, at, to), to);
                case CHECK_EXCEPTION -> {
                    int old = hex(bytes, at, to);
                    yield startsWith(bytes, old, to, NEW) && ends(bytes, hex(bytes, old + NEW.length, to), to);
                }
                case TRACE -> startsWith(bytes, digits(bytes, at, to), to, HOST_ADDRESS);
                case CPU_RESET -> startsWith(bytes, digits(bytes, at, to), to, CLOSED);
                case REGISTERS_32 -> at + 8 < to && startsWith(bytes, at + 8, to, SECOND_32);
                case REGISTERS_64 -> at + 16 < to && startsWith(bytes, at + 16, to, SECOND_64);
                default -> true;
            };
        }
    }

    /** The opener at the beginning of a line, or null. */
    static @Nullable Opener at(byte[] bytes, int from, int to) {
        byte first = bytes[from];
        if (first == ' ' || first >= '0' && first <= '9') {
            return frame(bytes, from, to) == from ? Opener.FRAME : null;
        }
        return first < 0 || !FIRST[first] ? null : literal(bytes, from, to);
    }

    private static @Nullable Opener literal(byte[] bytes, int from, int to) {
        for (Opener opener : ALL) {
            if (opener.matches(bytes, from, to)) {
                return opener;
            }
        }
        return null;
    }

    /** Where the first opener stands in the rest of a line; {@code to} when there is none. */
    static int within(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b < 0 || !FIRST[b]) {
                continue;
            }
            if (b == 'v') {
                int start = i - 2 < from ? -1 : frameBefore(bytes, from, i - 2, to);
                if (start >= 0) {
                    return start;
                }
            } else if (literal(bytes, i, to) != null) {
                return i;
            }
        }
        return to;
    }

    /** {@code from} when the line is an interrupt's frame, else -1. */
    static int frame(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] == ' ') {
            at++;
        }
        int colon = digits(bytes, at, to);
        return colon > at && colon - from >= NUMBER_WIDTH && isFrame(bytes, colon, to) ? from : -1;
    }

    /** Where the frame begins whose number ends at this colon; -1 when it is none. Its number is padded with spaces to its width. */
    private static int frameBefore(byte[] bytes, int from, int colon, int to) {
        if (!isFrame(bytes, colon, to)) {
            return -1;
        }
        int start = colon;
        while (start > from && colon - start < LONGEST_NUMBER && bytes[start - 1] >= '0' && bytes[start - 1] <= '9') {
            start--;
        }
        if (start == colon) {
            return -1;
        }
        while (start > from && colon - start < NUMBER_WIDTH && bytes[start - 1] == ' ') {
            start--;
        }
        return colon - start < NUMBER_WIDTH ? -1 : start;
    }

    /** {@code : v=01 e=0000 i=0 cpl=}, from the colon on. */
    private static boolean isFrame(byte[] bytes, int colon, int to) {
        if (!startsWith(bytes, colon, to, VECTOR)) {
            return false;
        }
        int at = colon + VECTOR.length;
        int vectorEnd = hex(bytes, at, to);
        if (vectorEnd != at + 2 || vectorEnd + 3 > to || bytes[vectorEnd] != ' ' || bytes[vectorEnd + 1] != 'e') {
            return false;
        }
        int errorEnd = hex(bytes, vectorEnd + 3, to);
        return errorEnd + 2 < to && bytes[errorEnd] == ' ' && bytes[errorEnd + 1] == 'i' && bytes[errorEnd + 2] == '=';
    }

    private static boolean ends(byte[] bytes, int at, int to) {
        return at + 1 == to && bytes[at] == '\n';
    }

    static int digits(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at;
    }

    static int hex(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && digit(bytes[at]) >= 0) {
            at++;
        }
        return at;
    }

    /** The value of a hexadecimal digit as C prints it, or -1. */
    static int digit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
    }
}
