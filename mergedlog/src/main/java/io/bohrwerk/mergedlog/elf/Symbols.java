package io.bohrwerk.mergedlog.elf;

import org.jspecify.annotations.Nullable;

/** Puts names to addresses. */
@FunctionalInterface
public interface Symbols {
    /** A guest without names. */
    Symbols NONE = address -> null;

    /**
     * A function of the guest's, and how far behind its beginning an address is.
     *
     * @param offset in bytes, not negative
     */
    record Place(String symbol, long offset) {
        /** For example {@code trap+0x1f}. */
        @Override
        public String toString() {
            return symbol + "+0x" + Long.toHexString(offset);
        }
    }

    /** The function that an address lies in; null when it lies in none. */
    @Nullable
    Place at(long address);
}
