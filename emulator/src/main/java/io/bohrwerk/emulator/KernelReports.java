package io.bohrwerk.emulator;

import io.bohrwerk.emulator.report.KernelReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What kernels report of their own trouble in a batch, and how long the batch runs on to capture it. The first report of each console
 * counts.
 */
final class KernelReports {
    /**
     * How far a kernel that started a report may run. A Linux report with a stack takes some five million instructions on a serial console;
     * right after it the kernel enters the debugger or resets the machine, or lets its caller die, and the agent speaks.
     */
    private static final long INSTRUCTIONS_TO_REPORT = 50_000_000;
    /** The same, where nothing is counted. */
    private static final Duration TIME_TO_REPORT = Duration.ofSeconds(2);

    /**
     * A kernel that survives its report lets its agent speak within milliseconds: that word tells the iteration. Nobody needs what runs
     * after it.
     */
    private static final Duration GRACE_AFTER_REPORT = Duration.ofMillis(500);

    private final BatchWords words;
    private final Silence silence;
    private final boolean counted;
    private final List<Heard> heard = new ArrayList<>();

    private long untilInstruction;
    private long until;
    /** How often the agent had spoken when all that it had said before the report must have been read; -1 until then. */
    private long wordsAtReport;
    /** When the machine is stopped after a complete report. */
    private long stopAt = Long.MAX_VALUE;
    /** How often the agent had spoken when the report was complete. */
    private long wordsAtCompletion;

    /** Instruction counts around the moment at which a line was read. */
    record Mark(long after, long until) {}

    private record Heard(Happening.Reported reported, Mark mark) {
        private KernelReport report() {
            return reported.scanner().report().orElseThrow();
        }
    }

    /** @param counted whether the machine can be asked for its instruction count */
    KernelReports(BatchWords words, Silence silence, boolean counted) {
        this.words = words;
        this.silence = silence;
        this.counted = counted;
    }

    boolean isEmpty() {
        return heard.isEmpty();
    }

    /** A kernel started a report: it runs on to be captured. */
    void begin(Happening.Reported begun, Mark mark) {
        if (heard.isEmpty()) {
            wordsAtReport = -1;
            until = System.nanoTime() + TIME_TO_REPORT.toNanos();
            untilInstruction = mark.until() + INSTRUCTIONS_TO_REPORT;
        }
        heard.add(new Heard(begun, mark));
    }

    /** One that began after the machine had been stopped, or was read only then. */
    void addLate(Happening.Reported begun) {
        heard.add(new Heard(begun, new Mark(silence.seenBefore(), silence.seen())));
    }

    /** A report is complete. A dead kernel enters its debugger or resets the machine; one that lives lets its agent speak. */
    void complete() {
        if (!heard.isEmpty()
                && stopAt == Long.MAX_VALUE
                && !heard.get(0).report().deadly()) {
            wordsAtCompletion = words.spoken();
            stopAt = System.nanoTime() + GRACE_AFTER_REPORT.toNanos();
        }
    }

    /** When the machine is stopped, in {@link System#nanoTime}; {@link Long#MAX_VALUE} while no report is complete. */
    long stopAt() {
        return stopAt;
    }

    /** Whether the agent has spoken since a report was complete. */
    boolean answered() {
        return stopAt != Long.MAX_VALUE && words.spoken() > wordsAtCompletion;
    }

    /** Whether a report says for certain that the test failed, whatever else may come. */
    boolean certain() {
        boolean alive = words.failed() != null || words.done();
        return heard.stream().map(Heard::report).anyMatch(report -> report.certain() && !(report.deadly() && alive));
    }

    /**
     * Whether a kernel has had its time to report. One that was dead and goes on was not: some program printed the line, and the batch goes
     * on as well. While that is not certain, the limit of silence decides. Call it after each poll.
     */
    boolean timeIsUp() {
        if (heard.isEmpty()) {
            return false;
        }
        if (wordsAtReport < 0) {
            wordsAtReport = words.spoken(); // a poll later than the report
            return false;
        }
        if (counted ? silence.seen() < untilInstruction : System.nanoTime() < until) {
            return false;
        }
        KernelReport report = heard.get(0).report();
        if (report.deadly() && words.spoken() > wordsAtReport) {
            heard.remove(0).reported().scanner().dismiss();
            return false;
        }
        return report.certain();
    }

    /** An instruction before each of the reports, and not after {@code instruction}. */
    long before(long instruction) {
        return heard.stream().mapToLong(each -> each.mark().after()).reduce(instruction, Math::min);
    }

    /** In the order in which they were read. */
    List<Ending.Reported> all() {
        return heard.stream()
                .map(each -> new Ending.Reported(
                        each.report(),
                        each.reported().serial(),
                        each.reported().order(),
                        each.reported().passed()))
                .toList();
    }

    /** Where a report began. @param last where the machine stopped */
    FailureSpot spot(Ending.Reported by, long last) {
        Mark mark = heard.stream()
                .filter(each -> each.reported().order() == by.order())
                .findFirst()
                .orElseThrow()
                .mark();
        return new FailureSpot(
                by.serial(),
                by.report().text().lines().findFirst().orElse(by.report().line()),
                true,
                mark.after(),
                mark.until() > mark.after() ? mark.until() : last);
    }
}
