package io.bohrwerk.mergedlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds trap frames that come twice in one iteration: same vector, code segment and IP, stack segment and SP, CR3 and general registers.
 * A program that goes on never looks the same twice, so such a pair is one event delivered twice, or one that was lost and made up for;
 * or a processor that waits in a loop. Remembers the last {@value #REMEMBERED} frames of an iteration and forgets older ones.
 *
 * <p>A system call (an INT instruction) is another matter: a program may well make the same one again from the same place, with the same
 * number and arguments in its registers. Such a pair counts only when no other trap came between: the call was then delivered twice, or restarted
 * by the kernel, or the program does nothing else.
 *
 * <p>Where reports are rarer than iterations, "one iteration" is all iterations between two reports.
 */
final class TrapFrames {
    static final int REMEMBERED = 8192;

    /** A frame that was not seen. */
    static final long NONE = -1;

    /** What makes frames the same. */
    private static final int[] SAME = same();
    /** What may differ, and is then told. Bit i of {@link #differences} is for the i-th. */
    private static final int[] TOLD = {
        RegisterDump.ERROR_CODE,
        RegisterDump.SOFTWARE,
        RegisterDump.FRAME_CPL,
        RegisterDump.FLAGS,
        RegisterDump.CR0,
        RegisterDump.CR2,
        RegisterDump.CR4,
        RegisterDump.DR0,
        RegisterDump.DR0 + 1,
        RegisterDump.DR0 + 2,
        RegisterDump.DR0 + 3,
        RegisterDump.DR6,
        RegisterDump.DR7,
        RegisterDump.EFER,
        RegisterDump.SELECTORS,
        RegisterDump.SELECTORS + 3,
        RegisterDump.SELECTORS + 4,
        RegisterDump.SELECTORS + 5
    };

    private static final String[] TOLD_NAMES = {
        "error code",
        "INT instruction",
        "CPL",
        "EFLAGS",
        "CR0",
        "CR2",
        "CR4",
        "DR0",
        "DR1",
        "DR2",
        "DR3",
        "DR6",
        "DR7",
        "EFER",
        "ES",
        "DS",
        "FS",
        "GS"
    };

    private static final int WIDTH = SAME.length + TOLD.length;
    private static final int BUCKETS = 2 * REMEMBERED;

    private final long[] frames = new long[REMEMBERED * WIDTH];
    private final long[] numbers = new long[REMEMBERED];
    /** Heads of the chains, and the next in each: index of a frame plus one. */
    private final int[] heads = new int[BUCKETS];

    private final int[] nexts = new int[REMEMBERED];
    private final int[] buckets = new int[REMEMBERED];
    private int size;
    private int oldest;
    private int differences;
    private long latest = NONE;

    private static int[] same() {
        int[] places = new int[RegisterDump.GENERAL + 6];
        int n = 0;
        for (int place : new int[] {
            RegisterDump.VECTOR,
            RegisterDump.FRAME_CS,
            RegisterDump.FRAME_IP,
            RegisterDump.FRAME_SS,
            RegisterDump.FRAME_SP,
            RegisterDump.CR3
        }) {
            places[n++] = place;
        }
        for (int i = 0; i < RegisterDump.GENERAL; i++) {
            places[n++] = i;
        }
        return places;
    }

    /** Forgets all frames: another iteration begins. */
    void clear() {
        if (size > 0) {
            Arrays.fill(heads, 0);
            size = 0;
            oldest = 0;
            latest = NONE;
        }
    }

    /**
     * Remembers a frame.
     *
     * @return the number of the latest one that is the same, or {@link #NONE}; {@link #differences} then tells what is not
     */
    long see(RegisterDump frame, long number) {
        int bucket = bucket(frame);
        long found = NONE;
        int replaced = -1;
        for (int i = heads[bucket]; i != 0; i = nexts[i - 1]) {
            if (equal(frame, i - 1)) {
                found = numbers[i - 1];
                differences = compare(frame, i - 1);
                replaced = i - 1;
                break;
            }
        }
        if (replaced >= 0) {
            // The latest stands for all that are the same; its age stays, which matters only for what is forgotten
            // first.
            write(replaced, frame, number);
        } else {
            add(bucket, frame, number);
        }
        boolean ordinary = frame.call() && found != latest;
        latest = number;
        return ordinary ? NONE : found;
    }

    /** What differed in the pair that {@link #see} found last, as bits; see {@link #names}. */
    int differences() {
        return differences;
    }

    /** The names of differing fields. */
    static List<String> names(int differences) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TOLD.length; i++) {
            if ((differences & 1 << i) != 0) {
                names.add(TOLD_NAMES[i]);
            }
        }
        return List.copyOf(names);
    }

    private void add(int bucket, RegisterDump frame, long number) {
        int at;
        if (size < REMEMBERED) {
            at = size++;
        } else {
            at = oldest;
            oldest = (oldest + 1) % REMEMBERED;
            unlink(at);
        }
        write(at, frame, number);
        buckets[at] = bucket;
        nexts[at] = heads[bucket];
        heads[bucket] = at + 1;
    }

    private void unlink(int at) {
        int bucket = buckets[at];
        if (heads[bucket] == at + 1) {
            heads[bucket] = nexts[at];
            return;
        }
        for (int i = heads[bucket]; i != 0; i = nexts[i - 1]) {
            if (nexts[i - 1] == at + 1) {
                nexts[i - 1] = nexts[at];
                return;
            }
        }
    }

    private void write(int at, RegisterDump frame, long number) {
        int to = at * WIDTH;
        for (int place : SAME) {
            frames[to++] = frame.get(place);
        }
        for (int place : TOLD) {
            frames[to++] = frame.get(place);
        }
        numbers[at] = number;
    }

    private boolean equal(RegisterDump frame, int at) {
        int with = at * WIDTH;
        for (int place : SAME) {
            if (frames[with++] != frame.get(place)) {
                return false;
            }
        }
        return true;
    }

    private int compare(RegisterDump frame, int at) {
        int with = at * WIDTH + SAME.length;
        int bits = 0;
        for (int i = 0; i < TOLD.length; i++) {
            if (frames[with + i] != frame.get(TOLD[i])) {
                bits |= 1 << i;
            }
        }
        return bits;
    }

    private static int bucket(RegisterDump frame) {
        long hash = 0;
        for (int place : SAME) {
            hash = (hash ^ frame.get(place))
                    * 0x9E3779B97F4A7C15L; // Fibonacci hashing's multiplier, 2^64 / golden ratio
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 40) & BUCKETS - 1;
    }
}
