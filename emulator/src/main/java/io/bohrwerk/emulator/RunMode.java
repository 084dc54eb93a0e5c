package io.bohrwerk.emulator;

/** How the emulator keeps time. */
public enum RunMode {
    /** Instructions counted and everything recorded: how batches run. */
    RECORDED,
    /** Instructions counted, nothing recorded. The same run, byte for byte; for measuring what recording costs. */
    COUNTED,
    /** Neither: interrupts arrive as the host's clock has it. Not repeatable; for measuring what counting changes. */
    FREE
}
