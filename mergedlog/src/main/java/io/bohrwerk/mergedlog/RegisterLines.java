package io.bohrwerk.mergedlog;

/**
 * The lines of a processor's registers, as QEMU 7.2's {@code x86_cpu_dump_state} writes them: each at most once and in one order, so that
 * two dumps in a row are told apart. Only the pairs of floating-point and vector registers come several to a kind.
 */
final class RegisterLines {
    private static final int FIRST_REPEATING = 22;

    private RegisterLines() {}

    /** The place of a line in the order, from 1; 0 when it is no line of registers. */
    static int rank(byte[] bytes, int from, int to) {
        if (to - from < 5) {
            return 0;
        }
        int head = bytes[from] << 24
                | (bytes[from + 1] & 0xff) << 16
                | (bytes[from + 2] & 0xff) << 8
                | bytes[from + 3] & 0xff;
        return switch (head) {
            case 'E' << 24 | 'A' << 16 | 'X' << 8 | '=', 'R' << 24 | 'A' << 16 | 'X' << 8 | '=' -> 1;
            case 'E' << 24 | 'S' << 16 | 'I' << 8 | '=', 'R' << 24 | 'S' << 16 | 'I' << 8 | '=' -> 2;
            case 'R' << 24 | '8' << 16 | ' ' << 8 | '=' -> 3;
            case 'R' << 24 | '1' << 16 | '2' << 8 | '=' -> 4;
            case 'E' << 24 | 'I' << 16 | 'P' << 8 | '=', 'R' << 24 | 'I' << 16 | 'P' << 8 | '=' -> 5;
            case 'E' << 24 | 'S' << 16 | ' ' << 8 | '=' -> 6;
            case 'C' << 24 | 'S' << 16 | ' ' << 8 | '=' -> 7;
            case 'S' << 24 | 'S' << 16 | ' ' << 8 | '=' -> 8;
            case 'D' << 24 | 'S' << 16 | ' ' << 8 | '=' -> 9;
            case 'F' << 24 | 'S' << 16 | ' ' << 8 | '=' -> 10;
            case 'G' << 24 | 'S' << 16 | ' ' << 8 | '=' -> 11;
            case 'L' << 24 | 'D' << 16 | 'T' << 8 | '=' -> 12;
            case 'T' << 24 | 'R' << 16 | ' ' << 8 | '=' -> 13;
            case 'G' << 24 | 'D' << 16 | 'T' << 8 | '=' -> 14;
            case 'I' << 24 | 'D' << 16 | 'T' << 8 | '=' -> 15;
            case 'C' << 24 | 'R' << 16 | '0' << 8 | '=' -> 16;
            case 'D' << 24 | 'R' << 16 | '0' << 8 | '=' -> 17;
            case 'D' << 24 | 'R' << 16 | '6' << 8 | '=' -> 18;
            case 'C' << 24 | 'C' << 16 | 'S' << 8 | '=' -> 19;
            case 'E' << 24 | 'F' << 16 | 'E' << 8 | 'R' -> 20;
            case 'F' << 24 | 'C' << 16 | 'W' << 8 | '=' -> 21;
            case 'F' << 24 | 'P' << 16 | 'R' << 8 | '0',
                    'F' << 24 | 'P' << 16 | 'R' << 8 | '2',
                    'F' << 24 | 'P' << 16 | 'R' << 8 | '4',
                    'F' << 24 | 'P' << 16 | 'R' << 8 | '6' -> FIRST_REPEATING;
            case 'X' << 24 | 'M' << 16 | 'M' << 8 | '0',
                    'X' << 24 | 'M' << 16 | 'M' << 8 | '1',
                    'Y' << 24 | 'M' << 16 | 'M' << 8 | '0',
                    'Y' << 24 | 'M' << 16 | 'M' << 8 | '1' -> FIRST_REPEATING + 1;
            case 'C' << 24 | 'o' << 16 | 'd' << 8 | 'e' -> FIRST_REPEATING + 2;
            default -> 0;
        };
    }

    static boolean repeats(int rank) {
        return rank == FIRST_REPEATING || rank == FIRST_REPEATING + 1;
    }
}
