package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import java.nio.file.Path;

/**
 * A machine's state part-way through a recorded batch. A replay can resume from it, or the machine itself with its clock shifted.
 *
 * @param image a qcow2 image that holds the snapshot
 * @param snapshot its name
 * @param instruction the instruction count there
 * @param pc address of the next instruction; 0 at the batch's beginning
 * @param clock where the image holds the machine's clock, see {@code StoredClock}; -1 at the batch's beginning
 * @param console what the guest had said on port 0xe9 since the batch began, each byte as one character (ISO 8859-1)
 * @param serial the same of the first serial port
 */
public record Station(
        Path image, String snapshot, long instruction, long pc, long clock, String console, String serial) {
    static final String NAME = "station";

    /** Where a batch begins. */
    public static Station beginning(Path ready, BatchRun run) {
        return new Station(ready, QemuCommandLine.READY, run.firstInstruction(), 0, -1, "", "");
    }

    /** The last iteration that the agent had reported as passed; 0 for none. */
    public long passed() {
        long passed = 0;
        for (String line : console.split("\n")) {
            if (AgentLine.parse(line.stripTrailing()).orElse(null) instanceof AgentLine.Pass pass) {
                passed = pass.iteration();
            }
        }
        return passed;
    }

    /** Whether a machine can resume from it with its clock shifted. */
    public boolean hasClock() {
        return clock >= 0;
    }
}
