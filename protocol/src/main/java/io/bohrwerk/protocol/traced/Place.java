package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.present;

/**
 * A place in a test at which an interrupt can land: before the instruction at {@code pc}, reached in one way.
 *
 * @param context tells ways apart in which the same instruction is reached: a hash of the last taken branch
 * @param symbol the function, as the emulator knows it; empty when it does not
 */
public record Place(long pc, int context, Kind kind, String symbol) {
    public Place {
        present(kind, "kind");
        present(symbol, "symbol");
    }

    /** What kind of path a place is on, by observation: no symbols are needed. The order is that of trying. */
    public enum Kind {
        /**
         * In code that was loaded into a running Linux kernel: who brings a module hunts in it. Linux keeps modules of x86-64 between
         * {@code ffffffffa0000000} and {@code fffffffffeffffff} (Documentation/x86/x86_64/mm.rst, 6.1), or from {@code ffffffffc0000000} on
         * where the kernel itself may lie below that at random; of other guests nothing is.
         */
        MODULE,
        /** Between an exception or a software interrupt and the return from it. */
        TRAP,
        /** Close behind a change from user to kernel mode, or close before the change back. */
        ENTRY,
        /** All else. */
        ORDINARY
    }
}
