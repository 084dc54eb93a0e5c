package io.bohrwerk.emulator;

import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.batch.Outcome;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a batch ended: a pure function of what was seen of it. The agent's first {@code fail} decides, or the kernel's first report of its
 * own trouble if that began earlier; what followed is a note. Without either, the end of the machine decides.
 */
sealed interface Ending {
    /**
     * A batch with an outcome.
     *
     * @param iterations executed, the failing one included
     * @param reason why it failed, one line; empty when all passed
     * @param note what followed the failure though it should not have; empty when nothing did
     * @param by the report that decided; null when none did
     */
    record Ended(
            Outcome outcome,
            long iterations,
            String reason,
            String note,
            @Nullable Reported by) implements Ending {}

    /** A batch that says nothing about the test. */
    record Broken(String why) implements Ending {}

    /**
     * A kernel's report.
     *
     * @param serial whether it is on the first serial port
     * @param order of its first line among all lines read
     * @param passed the last iteration that was known to have passed when that line was read
     */
    record Reported(KernelReport report, boolean serial, long order, long passed) {}

    /**
     * What the agent said.
     *
     * @param served what it says that it does besides running iterations
     * @param passed the last iteration that was said to have passed
     * @param failed the first failure that was said; null when none was
     * @param later what was said after it
     * @param firstLater the order of the first of these words
     * @param done whether the agent said that the batch is done
     * @param broken the word that breaks the protocol, and why
     */
    record Spoken(
            Set<String> served,
            long passed,
            BatchWords.@Nullable Failed failed,
            List<String> later,
            long firstLater,
            boolean done,
            @Nullable String broken) {
        static Spoken of(BatchWords words) {
            return new Spoken(
                    words.served(),
                    words.passed(),
                    words.failed(),
                    words.later(),
                    words.firstLater(),
                    words.done(),
                    words.broken());
        }
    }

    /**
     * What was seen of a batch.
     *
     * @param iterations that it was to run
     * @param wishes what it asked the agent for besides
     * @param agentSerial whether the agent speaks on the first serial port
     * @param reports in the order in which they were read
     * @param stop how the guest stopped the machine, in words; null when it did not
     * @param hang why it is called hung; null when it is not
     * @param enough whether as many iterations passed as were waited for
     */
    record Seen(
            long iterations,
            Set<String> wishes,
            boolean agentSerial,
            Spoken spoken,
            List<Reported> reports,
            @Nullable String stop,
            @Nullable String hang,
            boolean enough) {}

    static Ending of(Seen seen) {
        Reported report = deciding(seen);
        if (seen.spoken.broken != null && (report == null || !report.report().certain())) {
            return new Broken(seen.spoken.broken);
        }
        Set<String> unserved = new TreeSet<>(seen.wishes);
        unserved.removeAll(seen.spoken.served);
        boolean spoke = seen.spoken.done || seen.spoken.failed != null || seen.spoken.passed > 0;
        if (spoke && !unserved.isEmpty()) {
            return new Broken("the agent does not know what the job's setting asks for (" + String.join(", ", unserved)
                    + "), though the target says so: build the target with the agent of this version");
        }
        if (report != null) {
            return new Ended(
                    report.report().outcome(),
                    iteration(seen, report),
                    report.report().line(),
                    note(seen),
                    report);
        }
        if (seen.spoken.failed != null) {
            return new Ended(
                    Outcome.FAILED, seen.spoken.failed.iteration(), seen.spoken.failed.reason(), note(seen), null);
        }
        if (seen.spoken.done) {
            return new Ended(Outcome.PASSED, seen.iterations, "", "", null);
        }
        if (seen.enough || seen.spoken.passed >= seen.iterations) {
            return new Ended(Outcome.PASSED, seen.spoken.passed, "", "", null);
        }
        return seen.hang != null
                ? new Ended(Outcome.HUNG, seen.spoken.passed + 1, seen.hang, "", null)
                : new Ended(
                        Outcome.PANICKED, seen.spoken.passed + 1, seen.stop == null ? "stopped" : seen.stop, "", null);
    }

    /** The first report that is the kernel's and came before any failure that was said. */
    private static @Nullable Reported deciding(Seen seen) {
        for (Reported each : seen.reports) {
            // A kernel that is dead lets no agent speak: some program printed the line, or the batch was over before.
            boolean alive = seen.spoken.failed != null || seen.spoken.done;
            if (!(each.report().deadly() && alive) && !follows(seen, each)) {
                return each;
            }
        }
        return null;
    }

    /**
     * Whether a report began after the failure that was said. Each console has a reader of its own, so across two consoles only a further
     * word of the agent's, read before the report, tells.
     */
    private static boolean follows(Seen seen, Reported report) {
        BatchWords.Failed failed = seen.spoken.failed;
        if (failed == null) {
            return false;
        }
        return report.serial() == seen.agentSerial
                ? report.report().start() > failed.start()
                : report.order() > seen.spoken.firstLater;
    }

    private static long iteration(Seen seen, Reported report) {
        // Nothing passes after a deadly report, so there what has passed by the end is exact. Any other may have been
        // read before the agent's last words before it.
        long passed = report.report().deadly() ? seen.spoken.passed : report.passed();
        boolean same = seen.spoken.passed == passed;
        return seen.spoken.failed != null && same
                ? seen.spoken.failed.iteration()
                : Math.min(passed + 1, seen.iterations);
    }

    private static String note(Seen seen) {
        List<String> followed = new java.util.ArrayList<>();
        if (!seen.spoken.later.isEmpty()) {
            followed.add("after its failure the guest went on, against the protocol, and said: "
                    + String.join(", ", seen.spoken.later));
        }
        if (seen.spoken.broken != null) {
            followed.add(seen.spoken.broken);
        }
        for (Reported each : seen.reports) {
            if (follows(seen, each)
                    || seen.spoken.failed != null && each.report().deadly()) {
                followed.add("beside '@bw fail " + (seen.spoken.failed == null ? "" : seen.spoken.failed.iteration())
                        + "' a console says: " + each.report().line());
            }
        }
        return String.join("; ", followed);
    }
}
