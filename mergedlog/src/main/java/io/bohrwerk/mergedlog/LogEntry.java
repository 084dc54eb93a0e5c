package io.bohrwerk.mergedlog;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an entry of a merged log says. */
public sealed interface LogEntry {
    /** A line of the guest's without its end; bytes that are no UTF-8 are replaced. */
    record Guest(String text) implements LogEntry {}

    /** What made the processor leave its path. */
    enum Cause {
        /** A device. */
        HARDWARE,
        /** An INT instruction. */
        SOFTWARE,
        /** The instruction itself. */
        EXCEPTION
    }

    /**
     * An interrupt or an exception.
     *
     * @param name the vector's, for example {@code #DB}, {@code IRQ 0x20} or {@code INT 0x80}
     * @param call what EAX holds at an INT instruction of a vector from 32 on: the system call's number on every x86 system that takes its
     *     calls by INT; null for all others. QEMU does not log SYSCALL and SYSENTER
     * @param frame null in real mode, of which QEMU logs the vector alone
     */
    record Interrupt(
            int vector,
            String name,
            Cause cause,
            @Nullable Long call,
            @Nullable Frame frame) implements LogEntry {}

    /** A processor's reset. */
    record Reset(Registers registers) implements LogEntry {}

    /**
     * Anything else.
     *
     * @param pc the address of the code that was executed or translated, where the entry has one
     */
    record Other(LogShape shape, @Nullable Long pc, Registers registers) implements LogEntry {}

    /**
     * What the processor was doing.
     *
     * @param ip offset in the code segment; {@code pc} is the same as a linear address
     */
    record Frame(long errorCode, int cpl, int cs, long ip, long pc, int ss, long sp, Registers registers) {}

    /**
     * Registers by QEMU's names, in its order; empty where the entry has none.
     *
     * @param digits hexadecimal digits of an address: 8, or 16 in 64-bit mode
     * @param general with the instruction pointer, flags and control registers
     * @param debug DR0 to DR3, DR6, DR7
     */
    record Registers(int digits, Map<String, Long> general, Map<String, Long> debug) {
        public Registers {
            general = Collections.unmodifiableMap(new LinkedHashMap<>(general));
            debug = Collections.unmodifiableMap(new LinkedHashMap<>(debug));
        }
    }

    /**
     * Reads an entry out of its bytes, whatever they are.
     *
     * @param shape as {@link LogParser} told it
     */
    static LogEntry of(LogShape shape, byte[] bytes, int from, int to) {
        return Reading.entry(shape, bytes, from, to);
    }

    /** Bytes to records. */
    final class Reading {
        private Reading() {}

        private static LogEntry entry(LogShape shape, byte[] bytes, int from, int to) {
            RegisterDump dump = new RegisterDump();
            return switch (shape) {
                case GUEST -> new Guest(text(bytes, from, to).stripTrailing());
                case INTERRUPT -> {
                    dump.readInterrupt(bytes, from, to);
                    yield interrupt(dump);
                }
                case CPU_RESET, TRIPLE_FAULT -> {
                    dump.read(bytes, from, to);
                    yield new Reset(registers(dump));
                }
                default -> {
                    dump.read(bytes, from, to);
                    yield new Other(shape, pc(shape, bytes, from, to, dump), registers(dump));
                }
            };
        }

        private static String text(byte[] bytes, int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }

        private static Interrupt interrupt(RegisterDump dump) {
            int vector = (int) dump.get(RegisterDump.VECTOR) & 0xff;
            Cause cause = dump.hardware()
                    ? Cause.HARDWARE
                    : dump.get(RegisterDump.SOFTWARE) == 1 ? Cause.SOFTWARE : Cause.EXCEPTION;
            Frame frame = !dump.has(RegisterDump.PC)
                    ? null
                    : new Frame(
                            dump.get(RegisterDump.ERROR_CODE),
                            (int) dump.get(RegisterDump.FRAME_CPL),
                            (int) dump.get(RegisterDump.FRAME_CS),
                            dump.get(RegisterDump.FRAME_IP),
                            dump.get(RegisterDump.PC),
                            (int) dump.get(RegisterDump.FRAME_SS),
                            dump.get(RegisterDump.FRAME_SP),
                            registers(dump));
            Long call = frame == null || !dump.call() || !dump.has(0) ? null : (Long) (dump.get(0) & 0xffffffffL);
            return new Interrupt(vector, Vectors.name(vector, cause), cause, call, frame);
        }

        private static Registers registers(RegisterDump dump) {
            Map<String, Long> general = new LinkedHashMap<>();
            String[] names = dump.wide() ? RegisterDump.NAMES_64 : RegisterDump.NAMES_32;
            for (int i = 0; i < names.length; i++) {
                put(general, names[i], dump, i);
            }
            put(general, dump.wide() ? "RIP" : "EIP", dump, RegisterDump.IP);
            put(general, dump.wide() ? "RFL" : "EFL", dump, RegisterDump.FLAGS);
            put(general, "CR0", dump, RegisterDump.CR0);
            put(general, "CR2", dump, RegisterDump.CR2);
            put(general, "CR3", dump, RegisterDump.CR3);
            put(general, "CR4", dump, RegisterDump.CR4);
            put(general, "EFER", dump, RegisterDump.EFER);
            Map<String, Long> debug = new LinkedHashMap<>();
            for (int i = 0; i < 4; i++) {
                put(debug, "DR" + i, dump, RegisterDump.DR0 + i);
            }
            put(debug, "DR6", dump, RegisterDump.DR6);
            put(debug, "DR7", dump, RegisterDump.DR7);
            return new Registers(dump.wide() ? 16 : 8, general, debug);
        }

        private static void put(Map<String, Long> to, String name, RegisterDump dump, int place) {
            if (dump.has(place)) {
                to.put(name, dump.get(place));
            }
        }

        /** {@code Trace 0: 0x7f902c000100 [cs base/pc/flags/cflags] symbol}. */
        private static @Nullable Long pc(LogShape shape, byte[] bytes, int from, int to, RegisterDump dump) {
            if (shape == LogShape.EXEC) {
                return tracedPc(bytes, from, to);
            }
            return dump.has(RegisterDump.IP) ? (Long) dump.get(RegisterDump.IP) : null;
        }

        static @Nullable Long tracedPc(byte[] bytes, int from, int to) {
            int at = from;
            int end = RegisterDump.lineEnd(bytes, from, to);
            while (at < end && bytes[at] != '/') {
                at++;
            }
            int first = at + 1;
            int last = Openers.hex(bytes, Math.min(first, end), end);
            if (last == first || last >= end || bytes[last] != '/') {
                return null;
            }
            long pc = 0;
            for (int i = first; i < last; i++) {
                pc = pc << 4 | Openers.digit(bytes[i]);
            }
            return pc;
        }
    }
}
