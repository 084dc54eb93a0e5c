package io.bohrwerk.emulator.trace;

import io.bohrwerk.protocol.traced.Place;
import io.bohrwerk.protocol.traced.Place.Kind;
import io.bohrwerk.protocol.traced.TestTrace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The instructions of one iteration in their order, as they come; names the places in the end. */
final class Sequence {
    /** How far a change of privilege reaches: Linux 6.1 takes about 60 instructions from {@code syscall} to the call's own code. */
    private static final int ENTRY_REACH = 100;

    /** Linux of x86-64, image and modules: {@code __START_KERNEL_map}. */
    private static final long FIRST_OF_KERNEL = 0xffff_ffff_8000_0000L;

    private static final long FIRST_OF_MODULES = 0xffff_ffff_a000_0000L;
    /** The same of a kernel that may lie anywhere in the first gigabyte (CONFIG_RANDOMIZE_BASE), as distributions build it. */
    private static final long FIRST_OF_MODULES_RANDOMIZED = 0xffff_ffff_c000_0000L;
    /** More than any kernel's text; Debian's 6.1 has 14 MiB. */
    private static final long LARGEST_TEXT = 128L << 20;

    private static final long LAST_OF_MODULES = 0xffff_ffff_feff_ffffL;

    private static final int BLIND = 4;
    private static final int TRAP = 8;
    private static final int CPL_MASK = 3;
    private static final int LONGEST_INSTRUCTION = 15;

    private final Map<Long, String> symbols = new HashMap<>();
    private long[] pcs = new long[1 << 12];
    private int[] contexts = new int[1 << 12];
    private byte[] marks = new byte[1 << 12];
    private int length;
    private long lastPc;
    private long lastBranch;

    int length() {
        return length;
    }

    void add(long pc, int cpl, boolean blind, boolean trap, TraceLog.Symbol symbol) {
        if (length == pcs.length) {
            pcs = Arrays.copyOf(pcs, length * 2);
            contexts = Arrays.copyOf(contexts, length * 2);
            marks = Arrays.copyOf(marks, length * 2);
        }
        if (length > 0 && (pc <= lastPc || pc > lastPc + LONGEST_INSTRUCTION)) {
            lastBranch = lastPc;
        }
        lastPc = pc;
        symbols.computeIfAbsent(pc, at -> symbol.name());
        pcs[length] = pc;
        contexts[length] = Long.hashCode(lastBranch * 0x9e3779b97f4a7c15L);
        marks[length] = (byte) (cpl | (blind ? BLIND : 0) | (trap ? TRAP : 0));
        length++;
    }

    /** The first {@code known} instructions as a trace. */
    TestTrace trace(long period, long lead, long handler, int known) {
        Kind[] kinds = kinds(known);
        Map<Place, Integer> numbers = new HashMap<>();
        List<Place> places = new ArrayList<>();
        int[] at = new int[known];
        for (int i = 0; i < known; i++) {
            if ((marks[i] & BLIND) != 0) {
                at[i] = TestTrace.BLIND;
                continue;
            }
            Place place = new Place(pcs[i], contexts[i], kinds[i], symbols.getOrDefault(pcs[i], ""));
            at[i] = numbers.computeIfAbsent(place, p -> {
                places.add(p);
                return places.size() - 1;
            });
        }
        return new TestTrace(period, lead, handler, places, at);
    }

    private Kind[] kinds(int known) {
        Kind[] kinds = new Kind[known];
        Arrays.fill(kinds, Kind.ORDINARY);
        for (int i = 1; i < known; i++) {
            int before = marks[i - 1] & CPL_MASK;
            int now = marks[i] & CPL_MASK;
            if (before != now) {
                // into the kernel: what follows; out of it: what came before
                int from = now < before ? i : Math.max(0, i - ENTRY_REACH);
                int to = now < before ? Math.min(known, i + ENTRY_REACH) : i;
                for (int j = from; j < to; j++) {
                    kinds[j] = (marks[j] & CPL_MASK) == Math.min(before, now) ? Kind.ENTRY : kinds[j];
                }
            }
        }
        long kernel = LAST_OF_MODULES;
        for (int i = 0; i < known; i++) {
            kernel = pcs[i] >= FIRST_OF_KERNEL && pcs[i] < 0 ? Math.min(kernel, pcs[i]) : kernel;
        }
        for (int i = 0; i < known; i++) {
            kinds[i] = (marks[i] & TRAP) != 0 ? Kind.TRAP : kinds[i];
            if (isOfModule(pcs[i], kernel)) {
                kinds[i] = Kind.MODULE;
            }
        }
        return kinds;
    }

    /** @param kernel the lowest address of the kernel's that was executed */
    private static boolean isOfModule(long pc, long kernel) {
        return pc >= FIRST_OF_MODULES
                && pc <= LAST_OF_MODULES
                && (pc >= FIRST_OF_MODULES_RANDOMIZED || pc - kernel > LARGEST_TEXT);
    }
}
