package io.bohrwerk.protocol.batch;

import io.bohrwerk.protocol.schedule.Setting;
import org.jspecify.annotations.Nullable;

/** How a batch is made to go the same way once more. */
public enum Again {
    /** It was recorded, and the recording is replayed. */
    REPLAY,
    /**
     * It is run again from the snapshot that it started from. QEMU records only one CPU; with several, instructions are counted, and the same
     * start repeats the same run on the same version of QEMU.
     */
    RUN,
    /** Not at all: instructions were not counted. */
    NEVER;

    /** The one place where this is decided. @param cpus of the guest */
    public static Again of(@Nullable Setting setting, int cpus) {
        if (!Setting.counted(setting)) {
            return NEVER;
        }
        return cpus == 1 ? REPLAY : RUN;
    }
}
