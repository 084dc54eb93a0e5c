package io.bohrwerk.emulator.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads QEMU's log of {@code -d exec,nochain,int} in single steps, as it comes. These of lines count:
 *
 * <pre>
 * Trace 0: 0x7f4b20000100 [00000000/00100521/000000b0/ff020201] bw_fw_cfg
 *      2: v=01 e=0000 i=0 cpl=0 IP=0008:001010d1 pc=001010d1 SP=0010:00105f40 env->regs[R_EAX]=00117000
 * </pre>
 *
 * The first, {@code [cs_base/pc/flags/cflags] symbol}, stands for an instruction about to be executed (QEMU 7.2, {@code log_cpu_exec} in
 * {@code accel/tcg/cpu-exec.c}; flags as in {@code target/i386/cpu.h}), the second for an interrupt or exception being taken
 * ({@code do_interrupt_all} in {@code target/i386/tcg/seg_helper.c}); registers follow it, which are skipped. {@code Stopped execution of
 * TB chain before ...} takes the instruction before it back: its turn comes later, behind an interrupt perhaps.
 */
public final class TraceLog {
    /** {@code HF_CPL_MASK}: the privilege level. */
    private static final int CPL_MASK = 3;
    /** {@code HF_INHIBIT_IRQ_MASK}: no interrupt is taken before this instruction. */
    private static final int INHIBIT_IRQ = 1 << 3;

    private static final byte[] EXECUTED = "Trace ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STOPPED = "Stopped execution of TB chain".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern INTERRUPT =
            Pattern.compile(" *\\d+: v=([0-9a-f]+) e=[0-9a-f]+ i=([01]) cpl=([0-3]) IP=[0-9a-f]+:([0-9a-f]+) .*");
    private static final int LONGEST_LINE = 512;

    private final Events events;
    private byte[] line = new byte[LONGEST_LINE];
    private int length;
    /** The last line of an instruction, which the next line may yet take back; of length 0 when there is none. */
    private byte[] held = new byte[LONGEST_LINE];

    private int heldLength;

    /** What the log tells. */
    public interface Events {
        /**
         * An instruction is about to be executed.
         *
         * @param cpl privilege level: 0 kernel, 3 user
         * @param blind whether no interrupt can be taken before it
         * @param cflags how QEMU translated it: differs where it is tried once more
         * @param symbol the function; call it only where it is needed
         */
        void executed(long pc, int cpl, boolean blind, int cflags, Symbol symbol);

        /**
         * An interrupt or an exception is taken.
         *
         * @param software whether by an instruction that asks for it
         * @param cpl privilege level that is interrupted
         * @param pc where
         */
        void interrupted(int vector, boolean software, int cpl, long pc);

        /** Whether all that was to be known is known. */
        boolean enough();
    }

    /** A name that is made only when it is asked for. */
    @FunctionalInterface
    public interface Symbol {
        String name();
    }

    public TraceLog(Events events) {
        this.events = events;
    }

    /** Reads to the end, or until there is {@link Events#enough}. */
    public void readAll(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    take();
                    length = 0;
                    if (events.enough()) {
                        return;
                    }
                } else if (length < LONGEST_LINE) {
                    line[length++] = buffer[i];
                }
            }
        }
        release();
    }

    private void take() {
        if (startsWith(STOPPED)) {
            heldLength = 0;
            return;
        }
        release();
        if (startsWith(EXECUTED)) {
            byte[] free = held;
            held = line;
            heldLength = length;
            line = free;
        } else if (length > 4 && (line[0] == ' ' || isDigit(line[0]))) {
            Matcher interrupt = INTERRUPT.matcher(text(line, 0, length));
            if (interrupt.matches()) {
                events.interrupted(
                        Integer.parseInt(interrupt.group(1), 16),
                        interrupt.group(2).equals("1"),
                        Integer.parseInt(interrupt.group(3)),
                        Long.parseUnsignedLong(interrupt.group(4), 16));
            }
        }
    }

    /** The instruction that was held has been executed. */
    private void release() {
        if (heldLength == 0) {
            return;
        }
        int pc = after('/', after('[', 0));
        int flags = after('/', pc);
        int cflags = after('/', flags);
        int end = after(']', cflags);
        if (end > 0) {
            int hidden = (int) hex(flags);
            events.executed(
                    hex(pc),
                    hidden & CPL_MASK,
                    (hidden & INHIBIT_IRQ) != 0,
                    (int) hex(cflags),
                    () -> text(held, Math.min(end + 1, heldLength), heldLength));
        }
        heldLength = 0;
    }

    private boolean startsWith(byte[] start) {
        if (length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (line[i] != start[i]) {
                return false;
            }
        }
        return true;
    }

    /** Index behind the next such character in the held line, -1 when there is none. */
    private int after(char wanted, int from) {
        for (int i = from; i >= 0 && i < heldLength; i++) {
            if (held[i] == wanted) {
                return i + 1;
            }
        }
        return -1;
    }

    private long hex(int from) {
        long value = 0;
        for (int i = from; i < heldLength; i++) {
            int digit = Character.digit(held[i], 16);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static String text(byte[] of, int from, int to) {
        return new String(of, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
