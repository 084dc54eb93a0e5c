package io.bohrwerk.mergedlog.divergence;

import io.bohrwerk.mergedlog.LogEntry;
import io.bohrwerk.mergedlog.elf.Symbols;
import org.jspecify.annotations.Nullable;

/**
 * An interrupt or exception in an iteration, by what of it the guest can see.
 *
 * @param name for example {@code #DB} or {@code IRQ 0x20}
 * @param cpl privilege level that it came from; -1 in real mode, of which the emulator logs the vector alone
 * @param ip where it came, hexadecimal without a prefix, as many digits as an address has; empty in real mode
 * @param sp the stack pointer there
 * @param symbol the function that it came in; null when it has no name
 */
public record Arrival(
        int vector,
        String name,
        LogEntry.Cause cause,
        int cpl,
        String ip,
        String sp,
        @Nullable String symbol) {
    /** @param place where it came; null when it has no name */
    public static Arrival of(LogEntry.Interrupt interrupt, Symbols.@Nullable Place place) {
        LogEntry.Frame frame = interrupt.frame();
        if (frame == null) {
            return new Arrival(interrupt.vector(), interrupt.name(), interrupt.cause(), -1, "", "", null);
        }
        int digits = frame.registers().digits();
        return new Arrival(
                interrupt.vector(),
                interrupt.name(),
                interrupt.cause(),
                frame.cpl(),
                hex(frame.pc(), digits),
                hex(frame.sp(), digits),
                place == null ? null : place.toString());
    }

    private static String hex(long value, int digits) {
        String text = Long.toHexString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    /** Whether a device caused it: such come when they come. All others follow from what the guest does. */
    public boolean fromOutside() {
        return cause == LogEntry.Cause.HARDWARE;
    }

    /** The vector in hexadecimal, for example {@code 0x20}. */
    public String vectorText() {
        return String.format("0x%02x", vector);
    }

    /** Where it came, for people: {@code 0x00100212 in trap_debug+0x12}. */
    public String place() {
        return ip.isEmpty() ? "somewhere in real mode" : "0x" + ip + (symbol == null ? "" : " in " + symbol);
    }
}
