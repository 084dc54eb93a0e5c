package io.bohrwerk.mergedlog;

import io.bohrwerk.mergedlog.elf.Symbols;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries that match a question, in the log's order. It may hold fewer than were asked for although there are more: each look into a log
 * is bounded. Only {@code next} and {@code previous} tell whether there can be more.
 *
 * @param next where to go on towards the end; null at the end
 * @param previous where to go on towards the beginning; null at the beginning
 */
public record LogPage(
        List<Found> entries, @Nullable Long next, @Nullable Long previous) {
    /**
     * An entry that was found.
     *
     * @param number from 0, in the log's order
     * @param offset of its first byte in the log, before compression
     * @param length its bytes, in all its pieces
     * @param iterationFrom the iteration it is of, at least
     * @param iterationTo at most
     * @param instruction the count at which the machine stopped, behind the log's last entry; null elsewhere: QEMU does not log it
     * @param raw its text, bounded, with what is no UTF-8 replaced; a guest's broken line is put together
     * @param symbol where an interrupt's instruction lies, when the target has symbols
     */
    public record Found(
            long number,
            long offset,
            long length,
            LogKind kind,
            long iterationFrom,
            long iterationTo,
            @Nullable Long instruction,
            String raw,
            LogEntry entry,
            Symbols.@Nullable Place symbol,
            @Nullable Repeat repeats) {}

    /**
     * The same trap frame was there before.
     *
     * @param entry number of the latest earlier one
     * @param differs what else is not the same, by QEMU's names
     */
    public record Repeat(long entry, List<String> differs) {}
}
