package io.bohrwerk.api.scheduling;

import io.bohrwerk.api.failure.GuestText;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.api.trace.JobTrace;
import io.bohrwerk.api.trace.JobTraces;
import io.bohrwerk.api.work.ReportHandler;
import io.bohrwerk.api.work.Retries;
import io.bohrwerk.api.work.Waiting;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.TraceReport;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Has the tests of jobs traced whose strategy needs it, and takes in what is heard of that, under the row lock of the job. Reports may come
 * twice, late or out of order.
 */
@Component
public class Tracing implements ReportHandler<TraceReport> {
    private static final int LONGEST_MESSAGE = 1_000;
    /** Besides those that lie in the target: a trace goes the same way each time. */
    private static final Set<InfrastructureTrouble> IN_VAIN =
            EnumSet.of(InfrastructureTrouble.INTERNAL, InfrastructureTrouble.HOST_TIME_LIMIT);

    private final Jobs jobs;
    private final JobTraces traces;
    private final Scheduler scheduler;
    private final Outbox outbox;
    private final Retries retries;

    Tracing(Jobs jobs, JobTraces traces, Scheduler scheduler, Outbox outbox, Retries retries) {
        this.jobs = jobs;
        this.traces = traces;
        this.scheduler = scheduler;
        this.outbox = outbox;
        this.retries = retries;
    }

    @Override
    public String kind() {
        return TraceRequest.KIND;
    }

    @Override
    public Class<TraceReport> report() {
        return TraceReport.class;
    }

    /** Asks for the traces that a job needs; none, for most, and none before its target is checked. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void begin(Job job, Instant now) {
        if (!job.awaitsCheck() && job.course().strategy() instanceof TracedStrategy traced) {
            for (int arm = 0; arm < traced.shifts().size(); arm++) {
                JobTrace trace =
                        traces.save(new JobTrace(job, arm, traced.shifts().get(arm), now));
                outbox.add(trace.request(job), now);
            }
        }
    }

    @Override
    @Transactional
    public void accept(TraceReport report) {
        Job job = jobs.lock(report.jobId()).orElseThrow(() -> unknown("jobId", report.jobId()));
        JobTrace trace = traces.findById(report.traceId())
                .filter(found -> found.jobId().equals(job.id()))
                .orElseThrow(() -> unknown("traceId", report.traceId()));
        Instant now = now();
        if (report.result() instanceof TraceReport.Traced traced) {
            if (!trace.completed()) {
                trace.complete(report, traced);
                job.start(report.startedAt().isBefore(now) ? report.startedAt() : now);
                planWhenAllAreThere(job);
            }
        } else if (report.result() instanceof TraceReport.Troubled trouble
                && trace.open()
                && report.attempt() == trace.attempt()) {
            String why = GuestText.start(trouble.kind() + ": " + trouble.message(), LONGEST_MESSAGE);
            boolean inVain = trouble.kind().permanent() || IN_VAIN.contains(trouble.kind());
            if (trouble.kind().handedBack() && !job.ended()) {
                Instant due = retries.dueElsewhere(trace.attempts(), false, now);
                trace.handBack(why, due);
                outbox.add(trace.request(job), due);
            } else {
                againOr(job, trace, why, inVain, now);
            }
        }
        job.stopIfDue(now);
        scheduler.refill(job, now);
    }

    private void planWhenAllAreThere(Job job) {
        List<JobTrace> all = traces.ofJob(job.id());
        if (all.stream().allMatch(JobTrace::completed)) {
            job.planned(all.stream().mapToLong(JobTrace::delays).sum());
        }
    }

    @Override
    public List<Waiting> silentSince(Instant since, Limit limit) {
        return traces.silentSince(since, limit);
    }

    @Override
    @Transactional
    public void silent(Waiting work, String why) {
        UUID jobId = traces.findById(work.id()).map(JobTrace::jobId).orElseThrow(() -> unknown("traceId", work.id()));
        Job job = jobs.lock(jobId).orElseThrow(() -> unknown("jobId", jobId));
        JobTrace trace = traces.findById(work.id()).orElseThrow();
        if (!trace.open() || trace.attempt() != work.attempt()) {
            return; // it was heard of in the meantime
        }
        Instant now = now();
        againOr(job, trace, why, false, now);
        scheduler.refill(job, now);
    }

    @Override
    @Transactional
    public void seen(List<RunningWork> running, Instant now) {
        for (RunningWork work : running) {
            traces.findById(work.id())
                    .flatMap(trace -> jobs.lock(trace.jobId()))
                    .ifPresent(job -> {
                        job.start(now);
                        traces.findById(work.id()).ifPresent(trace -> trace.see(now));
                    });
        }
    }

    private void againOr(Job job, JobTrace trace, String why, boolean inVain, Instant now) {
        if (job.ended()) {
            trace.fail(why, now);
        } else if (inVain || !retries.remain(trace.attempts())) {
            trace.fail(why, now);
            job.fail("the test could not be traced at shift " + trace.shift() + ": " + why, now);
        } else {
            Instant due = retries.due(trace.attempts(), now);
            trace.retry(why, due);
            outbox.add(trace.request(job), due);
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private static InvalidInputException unknown(String field, UUID id) {
        return new InvalidInputException(field, id, "must be known here");
    }
}
