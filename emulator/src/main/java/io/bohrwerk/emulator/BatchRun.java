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
 * @param note what the guest said after its failure though it should not have; empty when nothing
 * @param firstInstruction the instruction count at which the batch began; 0 when nothing was counted
 * @param lastInstruction the instruction count at which the machine stopped; 0 when nothing was counted
 * @param stoppedByGuest whether the guest itself stopped the machine, at an instruction of its own. If not, the host did, at an
 *     instruction that depends on the host's clock but is in the recording all the same
 * @param exit the value with which the guest ended the emulator by the debug-exit device; null when it did not
 * @param spot the line that decided; null where the machine stopped right at its failure, and when all passed
 * @param failureInstruction the instruction count at which the failure is: of the write of the first character of the line that decided,
 *     else {@code lastInstruction}; {@link #UNKNOWN} until a replay has found it
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
        String note,
        long firstInstruction,
        long lastInstruction,
        boolean stoppedByGuest,
        @Nullable Integer exit,
        @Nullable FailureSpot spot,
        long failureInstruction,
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
    /** Of an instruction that is not known yet. */
    public static final long UNKNOWN = -1;

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
            long failureInstruction,
            long beforeInstruction,
            Digest console,
            Digest serial,
            Path recording) {
        return new BatchRun(
                outcome,
                iterations,
                "",
                "",
                firstInstruction,
                lastInstruction,
                stoppedByGuest,
                null,
                null,
                failureInstruction,
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

    /**
     * Whether two runs of a batch went the same way: iterations, instruction count, and both consoles byte for byte. Where the host stopped
     * one of them after its failure was said, it did so at any instruction, and what decided is compared instead.
     */
    public boolean agrees(BatchRun other) {
        // Where the kernel lives on, what had passed when its report was read depends on the host.
        boolean counted = kernelReport == null || kernelReport.deadly();
        if (outcome != other.outcome || counted && iterations != other.iterations || !reason.equals(other.reason)) {
            return false;
        }
        if (stoppedByGuest && other.stoppedByGuest) {
            return lastInstruction == other.lastInstruction && sameConsoles(other);
        }
        if (spot == null || other.spot == null) {
            return sameConsoles(other);
        }
        return sameFailure(other);
    }

    private boolean sameConsoles(BatchRun other) {
        return console.equals(other.console) && serial.equals(other.serial);
    }

    private boolean sameFailure(BatchRun other) {
        KernelReport mine = kernelReport;
        KernelReport theirs = other.kernelReport;
        return mine == null || theirs == null
                ? mine == theirs
                : mine.start() == theirs.start() && mine.line().equals(theirs.line());
    }

    /** The same run, of which a replay has found where its failure is. */
    BatchRun failingAt(long instruction) {
        return at(iterations, lastInstruction, stoppedByGuest, exit, spot, instruction);
    }

    /** The same run, of which a verified replay tells the failing iteration, if it does. */
    public BatchRun failingIn(ReplayRun replay) {
        return replay.failingIteration() > 0
                ? at(replay.failingIteration(), lastInstruction, stoppedByGuest, exit, spot, failureInstruction)
                : this;
    }

    /** The same run, as one that was stopped just before the guest ended its emulator. */
    BatchRun endingAt(long instruction) {
        return at(iterations, instruction, false, null, spot, spot == null ? instruction : failureInstruction);
    }

    private BatchRun at(
            long ran, long last, boolean byGuest, @Nullable Integer exited, @Nullable FailureSpot at, long failing) {
        return new BatchRun(
                outcome,
                ran,
                reason,
                note,
                firstInstruction,
                last,
                byGuest,
                exited,
                at,
                failing,
                beforeInstruction,
                console,
                serial,
                report,
                kernelReport,
                subtests,
                unexpectedPasses,
                recording,
                toFirstIteration,
                running);
    }

    /** Instructions that the virtual CPU executed. */
    public long instructions() {
        return lastInstruction - firstInstruction;
    }
}
