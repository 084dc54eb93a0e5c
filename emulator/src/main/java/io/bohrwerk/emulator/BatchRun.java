package io.bohrwerk.emulator;

import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch that ran to its end.
 *
 * @param outcome of the last iteration that ran
 * @param iterations executed, the failing one included. When the guest died without a word: the first not reported as passed.
 * When its kernel told of trouble and ran on: the first not reported as passed when that was read
 * @param reason why it failed, one line; empty when all passed
 * @param firstInstruction the instruction count at which the batch began; 0 when nothing was counted
 * @param lastInstruction the instruction count at which the machine stopped; 0 when nothing was counted
 * @param stoppedByGuest whether the guest itself stopped the machine, at an instruction of its own. If not, the host did, at an
 *     instruction that depends on the host's clock but is in the recording all the same
 * @param beforeInstruction an instruction count before the failing iteration began, and not long before; {@code lastInstruction} when
 *     all passed
 * @param console digest of port 0xe9's bytes
 * @param serial digest of the first serial port's bytes
 * @param report the end of both, as text
 * @param kernelReport what the guest's kernel said of its own trouble; null when it said nothing
 * @param subtests of the last iteration whose agent told of them; null when none did
 * @param unexpectedPasses each subtest once
 * @param recording QEMU's record/replay log; without content unless the run was recorded. Goes with the machine
 * @param toFirstIteration host time from the call until the guest ran
 * @param running host time from there to the end
 */
public record BatchRun(
        Outcome outcome,
        long iterations,
        String reason,
        long firstInstruction,
        long lastInstruction,
        boolean stoppedByGuest,
        long beforeInstruction,
        Digest console,
        Digest serial,
        String report,
        @Nullable KernelReport kernelReport,
        @Nullable SubtestCounts subtests,
        List<UnexpectedPass> unexpectedPasses,
        Path recording,
        Duration toFirstIteration,
        Duration running) {
    /**
     * A run of which no more is known than what a failure's manifest says: enough to compare a replay with it.
     *
     * @param recording where its recording lies
     */
    public static BatchRun recorded(
            Outcome outcome,
            long iterations,
            long firstInstruction,
            long lastInstruction,
            boolean stoppedByGuest,
            long beforeInstruction,
            Digest console,
            Digest serial,
            Path recording) {
        return new BatchRun(
                outcome,
                iterations,
                "",
                firstInstruction,
                lastInstruction,
                stoppedByGuest,
                beforeInstruction,
                console,
                serial,
                "",
                null,
                null,
                List.of(),
                recording,
                Duration.ZERO,
                Duration.ZERO);
    }

    /**
     * An instruction before an iteration near the end began, and not long before: a batch's iterations differ in length by their delays
     * only.
     *
     * @param margin how many iterations before the failing one; 0 for that one itself
     */
    public long before(long margin) {
        long average = instructions() / Math.max(1, iterations);
        return Math.max(firstInstruction, beforeInstruction - Math.min(margin, iterations) * average * 3 / 2);
    }

    /** Whether two runs of a batch went the same way: iterations, instruction count, and both consoles byte for byte. */
    public boolean agrees(BatchRun other) {
        return outcome == other.outcome
                && iterations == other.iterations
                // Where the host had to stop the machine, it did so at any instruction.
                && (!stoppedByGuest || lastInstruction == other.lastInstruction)
                && console.equals(other.console)
                && serial.equals(other.serial);
    }

    /** Instructions that the virtual CPU executed. */
    public long instructions() {
        return lastInstruction - firstInstruction;
    }
}
