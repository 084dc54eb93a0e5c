package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.schedule.Schedule;

/** How the emulator keeps time. */
public enum RunMode {
    /** Instructions counted and everything recorded: how batches of guests with one CPU run. */
    RECORDED,
    /**
     * Instructions counted, nothing recorded: how batches of guests with several CPUs run, which QEMU does not record. The same run, byte for
     * byte.
     */
    COUNTED,
    /**
     * Neither: interrupts arrive as the host's clock has it. Not repeatable, and a failure in it cannot be replayed; for seeing what counting
     * changes.
     */
    FREE;

    /** How the emulator executes in this mode. */
    Execution execution(Schedule schedule) {
        int shift = schedule.shift();
        return switch (this) {
            case RECORDED -> new Execution.Recorded(shift);
            case COUNTED -> new Execution.Counted(shift, schedule.slices());
            case FREE -> new Execution.Free();
        };
    }

    /** In which a batch runs that is to go the same way once more like this. */
    public static RunMode of(Again again) {
        return switch (again) {
            case REPLAY -> RECORDED;
            case RUN -> COUNTED;
            case NEVER -> FREE;
        };
    }
}
