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
 * @param recording QEMU's record/replay log; empty unless the run was recorded. Goes with the machine
 */
public record BatchRun(Result result, Extent extent, Where where, Output output, Path recording, Timing timing) {
    /** Of an instruction that is not known yet. */
    public static final long UNKNOWN = -1;

    /**
     * How it ended.
     *
     * @param outcome of the last iteration that ran
     * @param iterations executed, the failing one included. When the guest died without a word: the first not reported as passed. When its
     *     kernel reported trouble and ran on: the first not reported as passed when that was read
     * @param reason why it failed, one line; empty when all passed
     * @param note what the guest said after its failure though it should not have; empty when nothing
     */
    public record Result(Outcome outcome, long iterations, String reason, String note) {
        /** Of a run of which no more is known. */
        public static Result of(Outcome outcome, long iterations) {
            return new Result(outcome, iterations, "", "");
        }
    }

    /**
     * From where to where it ran.
     *
     * @param first the instruction count at which the batch began; 0 when nothing was counted
     * @param last the instruction count at which the machine stopped; 0 when nothing was counted
     * @param stoppedByGuest whether the guest itself stopped the machine, at an instruction of its own. If not, the host did, at an
     *     instruction that depends on the host's clock but is in the recording all the same
     * @param exit the value with which the guest ended the emulator by the debug-exit device; null when it did not
     */
    public record Extent(
            long first,
            long last,
            boolean stoppedByGuest,
            @Nullable Integer exit) {}

    /**
     * Where the failure is.
     *
     * @param spot the line that decided; null where the machine stopped right at its failure, and when all passed
     * @param failure the instruction count of the write of the first character of that line, else the last one; {@link #UNKNOWN} until a
     *     replay has found it
     * @param before an instruction count before the failing iteration began, and not long before; the last one when all passed
     */
    public record Where(@Nullable FailureSpot spot, long failure, long before) {}

    /**
     * What the guest said.
     *
     * @param console digest of port 0xe9's bytes
     * @param serial digest of the first serial port's bytes
     * @param tail the end of both, as text
     * @param kernelReport what the guest's kernel reported of its own trouble; null when nothing
     * @param subtests of the last iteration whose agent told of them; null when none did
     * @param unexpectedPasses each subtest once
     */
    public record Output(
            Digest console,
            Digest serial,
            String tail,
            @Nullable KernelReport kernelReport,
            @Nullable SubtestCounts subtests,
            List<UnexpectedPass> unexpectedPasses) {
        /** Of a run of which no more is known. */
        public static Output of(Digest console, Digest serial) {
            return new Output(console, serial, "", null, null, List.of());
        }
    }

    /**
     * Host time.
     *
     * @param toFirstIteration from the call until the guest ran
     * @param running from there to the end
     */
    public record Timing(Duration toFirstIteration, Duration running) {
        static final Timing UNKNOWN = new Timing(Duration.ZERO, Duration.ZERO);
    }

    /**
     * A run of which no more is known than what a failure's manifest says: enough to compare a replay with it.
     *
     * @param recording where its recording lies
     */
    public static BatchRun recorded(
            Result result, Extent extent, Where where, Digest console, Digest serial, Path recording) {
        return new BatchRun(result, extent, where, Output.of(console, serial), recording, Timing.UNKNOWN);
    }

    /**
     * An instruction before an iteration near the end began, and not long before: a batch's iterations differ in length by their delays
     * only.
     *
     * @param margin how many iterations before the failing one; 0 for that one itself
     */
    public long before(long margin) {
        long average = instructions() / Math.max(1, iterations());
        return Math.max(firstInstruction(), beforeInstruction() - Math.min(margin, iterations()) * average * 3 / 2);
    }

    /** Whether two runs of a batch went the same way, see {@link Verification#ofRepeat}. */
    public boolean agrees(BatchRun other) {
        return Verification.ofRepeat(this, other).isEmpty();
    }

    /** The same run, of which a verified replay tells the failing iteration, if it does. */
    public BatchRun failingIn(ReplayRun replay) {
        return replay.failingIteration() > 0
                ? with(new Result(outcome(), replay.failingIteration(), reason(), note()), extent, where)
                : this;
    }

    /** The same run, as one that was stopped just before the guest ended its emulator. */
    BatchRun endingAt(long instruction) {
        return with(
                result,
                new Extent(firstInstruction(), instruction, false, null),
                spot() == null ? new Where(null, instruction, beforeInstruction()) : where);
    }

    private BatchRun with(Result newResult, Extent newExtent, Where newWhere) {
        return new BatchRun(newResult, newExtent, newWhere, output, recording, timing);
    }

    /** Instructions that the virtual CPU executed. */
    public long instructions() {
        return lastInstruction() - firstInstruction();
    }

    public Outcome outcome() {
        return result.outcome();
    }

    public long iterations() {
        return result.iterations();
    }

    public String reason() {
        return result.reason();
    }

    public String note() {
        return result.note();
    }

    public long firstInstruction() {
        return extent.first();
    }

    public long lastInstruction() {
        return extent.last();
    }

    public boolean stoppedByGuest() {
        return extent.stoppedByGuest();
    }

    public @Nullable Integer exit() {
        return extent.exit();
    }

    public @Nullable FailureSpot spot() {
        return where.spot();
    }

    public long failureInstruction() {
        return where.failure();
    }

    public long beforeInstruction() {
        return where.before();
    }

    public Digest console() {
        return output.console();
    }

    public Digest serial() {
        return output.serial();
    }

    public String report() {
        return output.tail();
    }

    public @Nullable KernelReport kernelReport() {
        return output.kernelReport();
    }

    public @Nullable SubtestCounts subtests() {
        return output.subtests();
    }

    public List<UnexpectedPass> unexpectedPasses() {
        return output.unexpectedPasses();
    }

    public Duration toFirstIteration() {
        return timing.toFirstIteration();
    }

    public Duration running() {
        return timing.running();
    }
}
