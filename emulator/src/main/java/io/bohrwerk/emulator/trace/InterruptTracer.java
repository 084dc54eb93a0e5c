package io.bohrwerk.emulator.trace;

import java.util.ArrayList;
import java.util.List;

/** Counts the instructions of a batch that is executed one by one, and notes at which of them devices interrupt. */
public final class InterruptTracer implements TraceLog.Events {
    private static final int FIRST_INTERRUPT = 32;
    /** {@code CF_USE_ICOUNT} is set in all; this bit where QEMU translates an instruction anew because it touches a device. */
    private static final int TRIED_AGAIN = 0x11_0000;

    private final long most;
    private final List<Interrupt> interrupts = new ArrayList<>();
    private long executed;
    private long lastPc;

    /**
     * An interrupt of a device.
     *
     * @param instruction how many the batch had executed before it
     */
    public record Interrupt(int vector, long instruction) {}

    /** @param most instructions that are looked at */
    public InterruptTracer(long most) {
        this.most = most;
    }

    @Override
    public void executed(long pc, int cpl, boolean blind, int cflags, TraceLog.Symbol symbol) {
        if (pc != lastPc || (cflags & TRIED_AGAIN) == 0) {
            executed++;
        }
        lastPc = pc;
    }

    @Override
    public void interrupted(int vector, boolean software, int cpl, long pc) {
        if (!software && vector >= FIRST_INTERRUPT) {
            interrupts.add(new Interrupt(vector, executed));
        }
    }

    @Override
    public boolean enough() {
        return executed >= most;
    }

    /** In their order. */
    public List<Interrupt> interrupts() {
        return List.copyOf(interrupts);
    }
}
