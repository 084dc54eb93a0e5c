package io.bohrwerk.emulator;

import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a batch went the same way once more. This is what "verified" means. */
final class Verification {
    private final List<String> differences = new ArrayList<>();

    private Verification() {}

    /**
     * What was seen of a replay.
     *
     * @param last the instruction count at which it stopped; without meaning where {@code exit} is not null
     * @param exit the debug-exit value with which the guest ended the emulator; null when it did not
     * @param spoken what the agent said
     */
    record Replayed(long last, @Nullable Integer exit, Ending.Spoken spoken, Digest console, Digest serial) {}

    /**
     * Compares a replay with its run: outcome, iteration, instruction count and both consoles, byte for byte. An agent that spoke in the run
     * must say the same; for a guest that died without a word, the instruction count tells.
     *
     * @return what differs, in words; empty when nothing does
     */
    static String ofReplay(BatchRun run, Replayed replay) {
        Verification verification = new Verification();
        Integer exit = run.exit();
        if (exit == null) {
            verification.compare("last instruction", run.lastInstruction(), replay.last());
        } else if (replay.exit() == null) {
            verification.differences.add(
                    "the guest ended with debug-exit value " + exit + ", in the replay it stopped");
        } else {
            verification.compare("debug-exit value", exit, replay.exit());
        }
        verification.compareWords(run, replay.spoken());
        verification.compare("console", run.console(), replay.console());
        verification.compare("serial console", run.serial(), replay.serial());
        return verification.toString();
    }

    /**
     * Compares two runs of a batch: iterations, instruction count and both consoles, byte for byte. Where the host stopped one of them after
     * its failure was said, it did so at any instruction, and what decided is compared instead: the reason, and the beginning of the kernel's report if it is
     * known.
     *
     * @return what differs, in words; empty when nothing does
     */
    static String ofRepeat(BatchRun first, BatchRun second) {
        Verification verification = new Verification();
        verification.compare("outcome", first.outcome(), second.outcome());
        verification.compare("reason", first.reason(), second.reason());
        KernelReport report = first.kernelReport();
        // Where the kernel lives on, what had passed when its report was read depends on the host.
        FailureSpot spot = first.spot();
        boolean livesOn = report == null ? spot != null && spot.report() : !report.deadly();
        if (!livesOn) {
            verification.compare("iteration", first.iterations(), second.iterations());
        }
        boolean bothByGuest = first.stoppedByGuest() && second.stoppedByGuest();
        if (bothByGuest) {
            verification.compare("last instruction", first.lastInstruction(), second.lastInstruction());
        }
        if (bothByGuest || first.spot() == null || second.spot() == null) {
            verification.compare("console", first.console(), second.console());
            verification.compare("serial console", first.serial(), second.serial());
        } else if (report != null) {
            verification.compare("kernel report", beginning(report), beginning(second.kernelReport()));
        }
        return verification.toString();
    }

    private static String beginning(@Nullable KernelReport report) {
        return report == null ? "none" : "'" + report.line() + "' at byte " + report.start();
    }

    private void compareWords(BatchRun run, Ending.Spoken replay) {
        BatchWords.Failed failed = replay.failed();
        boolean same = run.outcome() == Outcome.PASSED
                ? replay.done() || replay.passed() >= run.iterations()
                : run.outcome() != Outcome.FAILED || failed != null && failed.iteration() == run.iterations();
        if (!same) {
            differences.add("outcome was " + run.outcome() + " at iteration " + run.iterations()
                    + ", in the replay the agent said "
                    + (failed != null
                            ? "fail " + failed.iteration()
                            : replay.done() ? "done" : "neither fail nor done, pass " + replay.passed()));
        }
    }

    private void compare(String what, Digest was, Digest is) {
        if (!was.equals(is)) {
            differences.add(what + " differs");
        }
    }

    private void compare(String what, Object was, Object is) {
        if (!was.equals(is)) {
            differences.add(what + " was " + was + ", then " + is);
        }
    }

    @Override
    public String toString() {
        return String.join("; ", differences);
    }
}
