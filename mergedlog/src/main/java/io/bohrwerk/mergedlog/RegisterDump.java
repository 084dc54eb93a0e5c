package io.bohrwerk.mergedlog;

import java.util.Arrays;

/**
 * The numbers in an entry that holds registers, by their places. Made to be filled again and again: an interrupt log is little else.
 *
 * <p>Any bytes will do: what is not there stays absent, and a number with too many digits keeps its last sixteen.
 */
final class RegisterDump {
    /** General registers in QEMU's order; R8 to R15 only in 64-bit mode. */
    static final int GENERAL = 16;

    static final int IP = 16;
    static final int FLAGS = 17;
    static final int CPL = 18;
    static final int CR0 = 19;
    static final int CR2 = 20;
    static final int CR3 = 21;
    static final int CR4 = 22;
    static final int DR0 = 23;
    static final int DR6 = 27;
    static final int DR7 = 28;
    static final int EFER = 29;
    /** Selectors of ES, CS, SS, DS, FS, GS. */
    static final int SELECTORS = 30;
    /** From the line of the frame. */
    static final int VECTOR = 36;

    static final int ERROR_CODE = 37;
    /** 1 for an INT instruction. */
    static final int SOFTWARE = 38;

    static final int FRAME_CPL = 39;
    static final int FRAME_CS = 40;
    static final int FRAME_IP = 41;
    static final int PC = 42;
    static final int FRAME_SS = 43;
    static final int FRAME_SP = 44;
    static final int SIZE = 45;

    static final String[] NAMES_32 = {"EAX", "EBX", "ECX", "EDX", "ESI", "EDI", "EBP", "ESP"};
    static final String[] NAMES_64 = {
        "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "RSP", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"
    };

    private static final byte[] SERVICING = LogParser.ascii("Servicing");

    private final long[] values = new long[SIZE];
    private long present;
    private boolean wide;
    private boolean hardware;
    /** Where the number that was read last ends. */
    private int end;

    boolean has(int place) {
        return (present & 1L << place) != 0;
    }

    /** 0 when absent. */
    long get(int place) {
        return values[place];
    }

    /** Whether the processor was in 64-bit mode. */
    boolean wide() {
        return wide;
    }

    /** Whether a device raised the interrupt. */
    boolean hardware() {
        return hardware;
    }

    /** Whether it is a call: an INT instruction with a vector that is not the processor's own. */
    boolean call() {
        return get(SOFTWARE) == 1 && get(VECTOR) >= Vectors.FIRST_FREE;
    }

    private void set(int place, byte[] bytes, int from, int to) {
        long value = 0;
        int at = from;
        for (; at < to; at++) {
            int digit = Openers.digit(bytes[at]);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
        }
        end = at;
        if (at > from) {
            values[place] = value;
            present |= 1L << place;
        }
    }

    private void clear() {
        present = 0;
        wide = false;
        hardware = false;
        Arrays.fill(values, 0);
    }

    /** Reads an interrupt's entry: the line of its frame, when there is one, and the registers behind it. */
    void readInterrupt(byte[] bytes, int from, int to) {
        clear();
        int line = from;
        if (line < to && bytes[line] != ' ' && (bytes[line] < '0' || bytes[line] > '9')) {
            hardware = LogParser.startsWith(bytes, line, to, SERVICING);
            readPreface(bytes, line, to);
            line = lineEnd(bytes, line, to);
        }
        int lineEnd = lineEnd(bytes, line, to);
        if (line < lineEnd && Openers.frame(bytes, line, lineEnd) == line) {
            readFrame(bytes, line, lineEnd);
            line = lineEnd;
        }
        readRegisters(bytes, line, to);
    }

    /** The vector is the last hexadecimal number of {@code Servicing …} and {@code check_exception …}. */
    private void readPreface(byte[] bytes, int from, int to) {
        int last = lineEnd(bytes, from, to) - 1;
        int start = last;
        while (start > from && Openers.digit(bytes[start - 1]) >= 0) {
            start--;
        }
        set(VECTOR, bytes, start, last);
    }

    private void readFrame(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '=') {
            at++;
        }
        set(VECTOR, bytes, at + 1, to);
        next(ERROR_CODE, bytes, '=', to);
        next(SOFTWARE, bytes, '=', to);
        next(FRAME_CPL, bytes, '=', to);
        next(FRAME_CS, bytes, '=', to);
        next(FRAME_IP, bytes, ':', to);
        next(PC, bytes, '=', to);
        next(FRAME_SS, bytes, '=', to);
        next(FRAME_SP, bytes, ':', to);
    }

    private void next(int place, byte[] bytes, char mark, int to) {
        int at = end;
        while (at < to && bytes[at] != mark) {
            at++;
        }
        set(place, bytes, Math.min(at + 1, to), to);
    }

    /** Reads lines of registers as they are in every entry that has them. */
    void read(byte[] bytes, int from, int to) {
        clear();
        readRegisters(bytes, from, to);
    }

    private void readRegisters(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (bytes[at] == '=' && at >= from + 3) {
                int place = place(bytes[at - 3], bytes[at - 2], bytes[at - 1]);
                if (place >= 0) {
                    set(place, bytes, at + 1, to);
                    at = end;
                    continue;
                }
            }
            at++;
        }
    }

    private int place(byte a, byte b, byte c) {
        switch (b) {
            case 'A':
                return c == 'X' ? general(a, 0) : -1;
            case 'B':
                return c == 'X' ? general(a, 1) : c == 'P' ? general(a, 6) : -1;
            case 'C':
                return c == 'X' ? general(a, 2) : -1;
            case 'D':
                return c == 'X' ? general(a, 3) : c == 'I' ? general(a, 5) : -1;
            case 'S':
                if (c == ' ') {
                    return selector(a);
                }
                return c == 'I' ? general(a, 4) : c == 'P' ? general(a, 7) : -1;
            case 'I':
                return c == 'P' && (a == 'E' || a == 'R') ? IP : -1;
            case 'F':
                return c == 'L' && (a == 'E' || a == 'R') ? FLAGS : -1;
            case 'P':
                return a == 'C' && c == 'L' ? CPL : -1;
            case '8':
                return a == 'R' && c == ' ' ? 8 : -1;
            case '9':
                return a == 'R' && c == ' ' ? 9 : -1;
            case '1':
                return a == 'R' && c >= '0' && c <= '5' ? 10 + c - '0' : -1;
            case 'R':
                return register(a, c);
            case 'E':
                return a == 'F' && c == 'R' ? EFER : -1;
            default:
                return -1;
        }
    }

    private int general(byte a, int place) {
        if (a == 'R') {
            wide = true;
            return place;
        }
        return a == 'E' ? place : -1;
    }

    private static int register(byte a, byte c) {
        if (a == 'C') {
            return c == '0' ? CR0 : c >= '2' && c <= '4' ? CR2 + c - '2' : -1;
        }
        if (a == 'D') {
            return c >= '0' && c <= '3' ? DR0 + c - '0' : c == '6' ? DR6 : c == '7' ? DR7 : -1;
        }
        return -1;
    }

    private static int selector(byte a) {
        int index = "ECSDFG".indexOf(a);
        return index < 0 ? -1 : SELECTORS + index;
    }

    static int lineEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, to);
    }
}
