package io.bohrwerk.mergedlog;

/** The shapes of entries that QEMU 7.2 writes for {@code -d}, and the two that are not its own. The order is that of the index. */
public enum LogShape {
    GUEST(LogKind.GUEST),
    /** {@code Servicing hardware INT=0x20} or {@code check_exception old: …}, {@code 0: v=20 e=0000 …}, registers. */
    INTERRUPT(LogKind.INTERRUPT),
    /** {@code CPU Reset (CPU 0)}, registers. */
    CPU_RESET(LogKind.RESET),
    TRIPLE_FAULT(LogKind.RESET),
    /** {@code SMM: enter} or {@code SMM: after RSM}, registers. */
    SMM(LogKind.OTHER),
    /** {@code Trace 0: …} and what else {@code exec} gives; with {@code cpu}, registers. */
    EXEC(LogKind.OTHER),
    /** A row of dashes, {@code IN: symbol}, instructions, an empty line. */
    IN_ASM(LogKind.OTHER),
    /** Intermediate or host code of a block, to its empty line. */
    CODE(LogKind.OTHER),
    /** Registers alone. */
    CPU(LogKind.OTHER),
    /** A line of Bohrwerk's own. */
    NOTE(LogKind.OTHER);

    private final LogKind kind;

    LogShape(LogKind kind) {
        this.kind = kind;
    }

    public LogKind kind() {
        return kind;
    }
}
