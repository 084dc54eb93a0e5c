package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.present;

/**
 * A place in a test at which an interrupt can land: before the instruction at {@code pc}, in a context.
 *
 * @param symbol the function, as far as it is known; else empty
 */
public record Place(long pc, Context context, Kind kind, String symbol) {
    public Place {
        present(context, "context");
        present(kind, "kind");
        present(symbol, "symbol");
    }

    /**
     * How the CPU came to an instruction.
     *
     * @param space the address space: the page table's address; 0 in the kernel, which all share, and when it is not known
     * @param vector of the trap or system call by which the CPU last entered the kernel and has not returned; {@link #SYSCALL} for {@code
     *     syscall} and {@code sysenter}, {@link #NO_VECTOR} for none
     * @param number of the system call; -1 when it is none, or the emulator does not tell
     * @param depth how many traps and calls have not returned
     * @param privilege 0 kernel, 3 user
     * @param fresh whether interrupts may have been enabled just before
     */
    public record Context(long space, int vector, int number, int depth, int privilege, boolean fresh) {
        public static final int SYSCALL = 256;
        public static final int NO_VECTOR = 511;
        /** Under nothing, of an unknown address space. */
        public static final Context PLAIN = new Context(0, NO_VECTOR, -1, 0, 0, false);
    }

    /** What kind of path a place is on. The order is that of trying. */
    public enum Kind {
        /**
         * In code that was loaded into a running Linux kernel: who brings a module hunts in it. Linux keeps modules of x86-64 between
         * {@code ffffffffa0000000} and {@code fffffffffeffffff} (Documentation/x86/x86_64/mm.rst, 6.1), or from {@code ffffffffc0000000} on
         * where the kernel itself may lie below that at random; of other guests nothing is.
         */
        MODULE,
        /** Under an exception; or in a signal's delivery or return, a context switch or an exit, where functions' names tell. */
        TRAP,
        /** Under a system call. */
        SYSCALL,
        /** All else. */
        ORDINARY
    }
}
