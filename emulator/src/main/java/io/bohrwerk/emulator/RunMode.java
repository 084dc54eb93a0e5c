package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.protocol.schedule.Setting;
import org.jspecify.annotations.Nullable;

/** How the emulator keeps time. */
public enum RunMode {
    /** Instructions counted and everything recorded: how batches run. */
    RECORDED,
    /** Instructions counted, nothing recorded. The same run, byte for byte; for measuring what recording costs. */
    COUNTED,
    /**
     * Neither: interrupts arrive as the host's clock has it. Not repeatable, and a failure in it cannot be replayed; for seeing what counting
     * changes.
     */
    FREE;

    /** How the emulator executes in this mode. @param shift without meaning where nothing is counted */
    Execution execution(int shift) {
        return switch (this) {
            case RECORDED -> new Execution.Recorded(shift);
            case COUNTED -> new Execution.Counted(shift);
            case FREE -> new Execution.Free();
        };
    }

    /** How a batch of a job with this setting runs. */
    public static RunMode of(@Nullable Setting setting) {
        return Setting.counted(setting) ? RECORDED : FREE;
    }
}
