package io.bohrwerk.api.job;

import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.target.ConsoleScript;
import io.bohrwerk.protocol.target.TargetTest;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How large a job's next batch is, and how often its agent reports. What nobody has chosen is found out from the batches that passed: a
 * batch is to take {@link #BATCH} of the host's time, and a report to come every {@link #REPORT}. So a batch's overhead is small beside it,
 * whether an iteration takes microseconds or minutes, and cancelling and progress stay quick.
 *
 * <p>Chosen for batches to come, from times alone and never from what failed, so the iterations are as good a sample as with any other
 * size. Each batch keeps its own, which is part of its coordinates.
 *
 * @param iterations of the next batch
 * @param reportEvery iterations from one report to the next
 * @param most iterations that a batch of the target may have
 * @param findsIterations whether {@code iterations} follows the times
 * @param findsReports whether {@code reportEvery} does
 * @param nanos the host's for an iteration in batches of this size; 0 when none was counted yet
 * @param instructions the guest's for an iteration; 0 when none was counted yet
 */
@Embeddable
public record BatchSize(
        @Column(name = "iterations_per_batch") int iterations,
        int reportEvery,
        @Column(name = "most_per_batch") int most,
        boolean findsIterations,
        boolean findsReports,
        @Column(name = "iteration_nanos") double nanos,
        @Column(name = "iteration_instructions") double instructions) {
    static final Duration BATCH = Duration.ofSeconds(5);
    static final Duration REPORT = Duration.ofMillis(100);

    /** Of the first batches: enough to tell microseconds from milliseconds, and not too many where one takes a minute. */
    static final int FIRST = 10;

    private static final int LARGEST = 10_000_000;
    private static final int RAREST = 1_000_000;
    /** From one size to the next. A report costs a test of microseconds most of its time, so the first times tell too little of the later. */
    private static final int MOST_GROWTH = 16;
    /** A size that is this near to the best one stays: hosts are never equally busy. */
    private static final double NEAR = 1.5;
    /** The latest batch's weight in the mean. */
    private static final double WEIGHT = 0.25;

    /**
     * Of a new job.
     *
     * @param asked iterations per batch, as the job's request has them; null for what the target says
     * @param learns whether there will be batches to follow the first
     * @param places whether each iteration is reported anyway
     */
    static BatchSize first(TargetTest test, @Nullable Integer asked, boolean learns, boolean places) {
        boolean iterations = learns && asked == null && test.givenIterationsPerBatch() == null;
        boolean reports = learns && !places && findable(test);
        int size = asked != null ? asked : iterations ? FIRST : test.iterationsPerBatch();
        return new BatchSize(size, test.reportEvery(), most(test), iterations, reports, 0, 0);
    }

    private static int most(TargetTest test) {
        return test.driver() == TargetTest.Driver.CONSOLE ? ConsoleScript.MOST_ITERATIONS : LARGEST;
    }

    /** The loop on a serial console has the interval in its text, which is typed before the snapshot is taken. */
    private static boolean findable(TargetTest test) {
        return test.givenReportEvery() == null && test.driver() == TargetTest.Driver.AGENT;
    }

    /** Of a job on this target that goes on where another one is. What the target itself says of its reports goes first. */
    public BatchSize fitting(TargetTest test) {
        boolean reports = findsReports && findable(test);
        int size = Math.min(iterations, most(test));
        return reports
                ? new BatchSize(size, reportEvery, most(test), findsIterations, true, nanos, instructions)
                : new BatchSize(size, test.reportEvery(), most(test), findsIterations, false, 0, instructions);
    }

    /**
     * After a batch that passed.
     *
     * @param took by the worker's clock, with all that is around the iterations
     */
    BatchSize after(BatchReport.Finished finished, Duration took) {
        long ran = finished.iterations();
        // Of a batch that was cut before the interval was what it is now.
        boolean another = findsReports && finished.coordinates().reportEvery() != Math.min(reportEvery, ran);
        if (finished.failure() != null || ran < 1 || another || !(findsIterations || findsReports)) {
            return this;
        }
        double each = Math.max(1, (took.toNanos() - finished.millisToFirstIteration() * 1e6) / ran);
        double mean = mean(nanos, each);
        double count = mean(instructions, Math.max(1, (double) finished.instructions() / ran));
        int size = findsIterations ? next(iterations, BATCH.toNanos() / mean, most) : iterations;
        int every = findsReports ? next(reportEvery, REPORT.toNanos() / mean, RAREST) : reportEvery;
        // With rarer reports an iteration takes another time, which is to be measured anew.
        boolean anew = every != reportEvery;
        return new BatchSize(size, every, most, findsIterations, findsReports, anew ? 0 : mean, count);
    }

    private static double mean(double before, double latest) {
        return before == 0 ? latest : before + WEIGHT * (latest - before);
    }

    private static int next(int now, double best, int most) {
        boolean near = best < now * NEAR && best > now / NEAR;
        return near ? now : (int) Math.max(1, Math.min(Math.min(best, most), (double) now * MOST_GROWTH));
    }

    /** What is known of an iteration's instructions; null when nothing is, or when the interval was chosen by somebody who knows. */
    @Nullable
    Long usualInstructions() {
        return findsReports && instructions > 0 ? (Long) Math.max(1, Math.round(instructions)) : null;
    }
}
