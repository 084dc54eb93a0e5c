package io.bohrwerk.emulator.debug;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an emulator stopped.
 *
 * @param icount instructions executed
 * @param pc the program counter: two stops at one count differ when an interrupt was entered between them, which executes nothing
 * @param watch for a watchpoint {@code watch:ADDRESS;} as gdb wants to read it, else empty. The access was made by the instruction
 *     that ended at {@code icount}
 */
record Stop(long icount, long pc, String watch) {
    private static final Pattern WATCH = Pattern.compile("(?:watch|rwatch|awatch):([0-9a-fA-F]+);");

    /** @param reply QEMU's, such as {@code T05thread:p01.01;watch:00119010;} */
    static Stop of(long icount, long pc, String reply) {
        Matcher watch = WATCH.matcher(reply);
        return new Stop(icount, pc, watch.find() ? watch.group() : "");
    }

    boolean atWatchpoint() {
        return !watch.isEmpty();
    }

    /** Of the watched access. */
    long watchedAddress() {
        Matcher matcher = WATCH.matcher(watch);
        return matcher.find() ? Long.parseUnsignedLong(matcher.group(1), 16) : 0;
    }
}
