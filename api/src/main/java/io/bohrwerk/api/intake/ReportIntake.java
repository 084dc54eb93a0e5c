package io.bohrwerk.api.intake;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.BatchState;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.batch.Troubles;
import io.bohrwerk.api.crash.Crash;
import io.bohrwerk.api.crash.CrashCounter;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.failure.GuestText;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.scheduling.Arms;
import io.bohrwerk.api.scheduling.Scheduler;
import io.bohrwerk.api.signature.Marks;
import io.bohrwerk.api.signature.Signature;
import io.bohrwerk.api.work.Retries;
import io.bohrwerk.api.work.Waiting;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes in what is heard of batches, under the row lock of their job. Reports may come twice, late or out of order: each batch is counted
 * at most once, and a report that came after all is never lost.
 */
@Component
public class ReportIntake {
    private static final int LONGEST_MESSAGE = 1_000;
    private static final int MOST_ALTERNATIVES = 10;
    private static final int MOST_FRAMES = 16;
    private static final int LONGEST_FRAME = 200;

    private static final Logger LOG = LoggerFactory.getLogger(ReportIntake.class);

    private final Jobs jobs;
    private final Batches batches;
    private final Troubles troubles;
    private final Arms arms;
    private final Failures failures;
    private final CrashCounter crashes;
    private final JobSamples samples;
    private final Scheduler scheduler;
    private final Retries retries;

    ReportIntake(
            Jobs jobs,
            Batches batches,
            Troubles troubles,
            Arms arms,
            Failures failures,
            CrashCounter crashes,
            JobSamples samples,
            Scheduler scheduler,
            Retries retries) {
        this.jobs = jobs;
        this.batches = batches;
        this.troubles = troubles;
        this.arms = arms;
        this.failures = failures;
        this.crashes = crashes;
        this.samples = samples;
        this.scheduler = scheduler;
        this.retries = retries;
    }

    /** @throws InvalidInputException when the report speaks of what does not exist, or contradicts itself */
    @Transactional
    public void accept(BatchReport report) {
        accept(report.jobId(), List.of(report));
    }

    /**
     * Takes in reports on batches of one job, all or none: one lock, one commit and one look at the window for all of them.
     *
     * @throws InvalidInputException when one of them speaks of what does not exist, or contradicts itself
     */
    @Transactional
    public void accept(UUID jobId, List<BatchReport> reports) {
        Job job = jobs.lock(jobId).orElseThrow(() -> unknown("jobId", jobId));
        Map<UUID, Batch> known = new HashMap<>();
        batches.findAllById(reports.stream().map(BatchReport::batchId).collect(Collectors.toSet()))
                .forEach(batch -> known.put(batch.id(), batch));
        Arms.Counts counts = arms.counts(jobId);
        Instant now = now();
        for (BatchReport report : reports) {
            Batch batch = known.get(report.batchId());
            if (batch == null || !batch.jobId().equals(jobId)) {
                throw unknown("batchId", report.batchId());
            }
            try (MDC.MDCCloseable field = MDC.putCloseable("batch", batch.id().toString());
                    MDC.MDCCloseable worker = MDC.putCloseable("worker", report.workerId())) {
                accept(job, batch, report, counts, now);
            }
        }
        counts.save();
        samples.add(job, now);
        scheduler.refill(job, now);
    }

    private void accept(Job job, Batch batch, BatchReport report, Arms.Counts counts, Instant now) {
        require(
                report.attempt() >= 1 && report.attempt() <= batch.attempt(),
                "attempt",
                report.attempt(),
                "must be an attempt that was made: 1 to " + batch.attempt());
        if (report.result() instanceof BatchReport.Troubled troubled
                && troubled.kind().handedBack()) {
            handedBack(job, batch, report.attempt(), now);
            return;
        }
        job.start(report.startedAt().isBefore(now) ? report.startedAt() : now);
        if (report.result() instanceof BatchReport.Finished finished) {
            finished(job, batch, report, finished, counts, now);
        } else if (report.result() instanceof BatchReport.Troubled troubled) {
            troubled(job, batch, report.attempt(), troubled.kind(), troubled.message(), report.workerId(), now);
        }
        job.stopIfDue(now);
    }

    /**
     * An attempt whose report cannot be taken in: it ends as one with trouble, so that nobody waits for another report of it. Nothing
     * happens when the report speaks of no attempt that was made.
     *
     * @param why what is wrong with the report
     */
    @Transactional
    void refused(BatchReport report, String why) {
        Job job = jobs.lock(report.jobId()).orElse(null);
        Batch batch = batches.findById(report.batchId()).orElse(null);
        if (job == null
                || batch == null
                || !batch.jobId().equals(job.id())
                || report.attempt() < 1
                || report.attempt() > batch.attempt()) {
            return;
        }
        Instant now = now();
        String message = "its report was refused: " + why;
        troubled(job, batch, report.attempt(), InfrastructureTrouble.INTERNAL, message, report.workerId(), now);
        scheduler.refill(job, now);
    }

    /** An attempt of which neither a report nor a heartbeat speaks any longer. */
    @Transactional
    void silent(UUID jobId, Waiting work, String why) {
        Job job = jobs.lock(jobId).orElseThrow(() -> unknown("jobId", jobId));
        Batch batch = batches.findById(work.id()).orElseThrow(() -> unknown("batchId", work.id()));
        if (!batch.inFlight() || batch.attempt() != work.attempt()) {
            return; // it was heard of in the meantime
        }
        Instant now = now();
        troubled(job, batch, work.attempt(), InfrastructureTrouble.UNDELIVERABLE, why, null, now);
        scheduler.refill(job, now);
    }

    private void finished(
            Job job, Batch batch, BatchReport report, BatchReport.Finished finished, Arms.Counts counts, Instant now) {
        if (batch.state() == BatchState.COMPLETED) {
            return;
        }
        FailedIteration failed = finished.failure();
        long least = failed == null ? 0 : 1;
        require(
                finished.iterations() >= least && finished.iterations() <= batch.iterations(),
                "result.iterations",
                finished.iterations(),
                "must be between " + least + " and the batch's " + batch.iterations());
        BatchState before = batch.state();
        batch.complete(report, finished);
        Duration took = Duration.between(report.startedAt(), report.finishedAt());
        job.count(finished, batch, before == BatchState.QUEUED, took, now);
        counts.add(batch, finished.iterations(), failed != null);
        if (before == BatchState.LOST) {
            job.totals().find();
        }
        if (failed != null) {
            require(
                    failed.outcome() != Outcome.PASSED,
                    "result.failure.outcome",
                    failed.outcome(),
                    "must not be that of an iteration that passed");
            Marks marks = marks(failed);
            Crash crash = crashes.count(
                    job.id(), marks, failed.outcome(), failed.replay() == ReplayVerdict.VERIFIED, report.finishedAt());
            Failure failure =
                    failures.save(new Failure(report, finished.coordinates(), failed, crash.id(), marks, job.ended()));
            job.count(failure.id(), now);
        }
    }

    private static Marks marks(FailedIteration failed) {
        String title = failed.title();
        if (title == null) {
            return Marks.of(Signature.of(failed.outcome(), GuestText.start(failed.reason(), LONGEST_MESSAGE)));
        }
        return new Marks(
                Signature.ofReport(failed.outcome(), GuestText.start(title, LONGEST_MESSAGE)),
                failed.alternatives().stream()
                        .limit(MOST_ALTERNATIVES)
                        .map(other -> Signature.alternative(failed.outcome(), GuestText.start(other, LONGEST_MESSAGE)))
                        .toList(),
                failed.frames().stream()
                        .limit(MOST_FRAMES)
                        .map(frame -> GuestText.start(frame, LONGEST_FRAME))
                        .toList(),
                failed.damage() == null || failed.damage().isEmpty());
    }

    private void troubled(
            Job job,
            Batch batch,
            int attempt,
            InfrastructureTrouble kind,
            String words,
            @Nullable String workerId,
            Instant now) {
        String message = GuestText.start(words, LONGEST_MESSAGE);
        if (batch.state() == BatchState.COMPLETED || !troubles.add(batch, attempt, kind, message, workerId, now)) {
            return;
        }
        job.totals().countTrouble();
        LOG.info("attempt {} at batch {} has trouble: {}: {}", attempt, batch.id(), kind, message);
        boolean latest = batch.inFlight() && attempt == batch.attempt();
        if (job.ended()) {
            if (latest) {
                batch.withdraw(now);
                job.giveUp(batch, false);
            }
        } else if (kind.permanent() && batch.inFlight()) {
            lose(job, batch, kind + ": " + message, now);
        } else if (latest && retries.remain(batch.attempts())) {
            scheduler.retry(job, batch, now);
        } else if (latest) {
            lose(
                    job,
                    batch,
                    "batch " + batch.number() + " was lost after "
                            + batch.attempts().tries() + " attempts, the last one by " + kind + ": " + message,
                    now);
        }
    }

    /** Nothing happened to the batch, so nothing is counted. */
    private void handedBack(Job job, Batch batch, int attempt, Instant now) {
        if (!batch.inFlight() || attempt != batch.attempt()) {
            return;
        }
        if (job.ended()) {
            batch.withdraw(now);
            job.giveUp(batch, false);
        } else {
            scheduler.handBack(job, batch, now);
        }
    }

    private static void lose(Job job, Batch batch, String why, Instant now) {
        batch.lose(now);
        job.giveUp(batch, true);
        job.fail(why, now);
    }

    /** As PostgreSQL keeps it, so that what is answered now equals what is read later. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private static InvalidInputException unknown(String field, UUID id) {
        return new InvalidInputException(field, id, "must be known here");
    }
}
