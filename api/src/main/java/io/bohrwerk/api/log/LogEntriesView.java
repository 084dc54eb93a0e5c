package io.bohrwerk.api.log;

import io.bohrwerk.mergedlog.LogEntry;
import io.bohrwerk.mergedlog.LogPage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a merged log as the API shows them, ascending.
 *
 * @param next {@code from} of the next look towards the end; null at the end. Fewer entries than the limit do not mean the end
 * @param previous the same towards the beginning
 */
record LogEntriesView(
        List<Entry> entries, @Nullable Long next, @Nullable Long previous) {
    /**
     * An entry. What its kind has not is null, registers empty.
     *
     * @param text a guest's line without its end
     * @param call the system call's number, of an INT instruction
     * @param ip segment and offset, hexadecimal; {@code pc} is the linear address
     * @param symbol of {@code pc}
     */
    record Entry(
            long number,
            long offset,
            long length,
            String kind,
            long iterationFrom,
            long iterationTo,
            @Nullable Long instruction,
            String raw,
            @Nullable String text,
            @Nullable Integer vector,
            @Nullable String name,
            @Nullable String cause,
            @Nullable Long call,
            @Nullable Long errorCode,
            @Nullable Integer cpl,
            @Nullable String ip,
            @Nullable String pc,
            @Nullable String sp,
            @Nullable String cr2,
            Map<String, String> registers,
            Map<String, String> debugRegisters,
            @Nullable String symbol,
            LogPage.@Nullable Repeat repeats) {}

    static LogEntriesView from(LogPage page) {
        return new LogEntriesView(
                page.entries().stream().map(LogEntriesView::entry).toList(), page.next(), page.previous());
    }

    private static Entry entry(LogPage.Found found) {
        LogEntry entry = found.entry();
        LogEntry.Interrupt interrupt = entry instanceof LogEntry.Interrupt i ? i : null;
        LogEntry.Frame frame = interrupt == null ? null : interrupt.frame();
        LogEntry.Registers registers = registers(entry);
        int digits = registers == null ? 8 : registers.digits();
        Long cr2 = registers == null ? null : registers.general().get("CR2");
        return new Entry(
                found.number(),
                found.offset(),
                found.length(),
                found.kind().word(),
                found.iterationFrom(),
                found.iterationTo(),
                found.instruction(),
                found.raw(),
                entry instanceof LogEntry.Guest guest ? guest.text() : null,
                interrupt == null ? null : (Integer) interrupt.vector(),
                interrupt == null ? null : interrupt.name(),
                interrupt == null ? null : interrupt.cause().name().toLowerCase(Locale.ROOT),
                interrupt == null ? null : interrupt.call(),
                frame == null ? null : (Long) frame.errorCode(),
                frame == null ? null : (Integer) frame.cpl(),
                frame == null ? null : hex(frame.cs(), 4) + ":" + hex(frame.ip(), digits),
                frame == null ? pc(entry, digits) : hex(frame.pc(), digits),
                frame == null ? null : hex(frame.ss(), 4) + ":" + hex(frame.sp(), digits),
                cr2 == null ? null : hex(cr2, digits),
                registers == null ? Map.of() : hex(registers.general(), digits),
                registers == null ? Map.of() : hex(registers.debug(), digits),
                found.symbol() == null ? null : found.symbol().toString(),
                found.repeats());
    }

    private static LogEntry.@Nullable Registers registers(LogEntry entry) {
        if (entry instanceof LogEntry.Interrupt interrupt) {
            return interrupt.frame() == null ? null : interrupt.frame().registers();
        }
        if (entry instanceof LogEntry.Reset reset) {
            return reset.registers();
        }
        return entry instanceof LogEntry.Other other ? other.registers() : null;
    }

    private static @Nullable String pc(LogEntry entry, int digits) {
        return entry instanceof LogEntry.Other other && other.pc() != null ? hex(other.pc(), digits) : null;
    }

    private static Map<String, String> hex(Map<String, Long> values, int digits) {
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((name, value) -> texts.put(name, hex(value, digits)));
        return texts;
    }

    private static String hex(long value, int digits) {
        String text = Long.toHexString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
