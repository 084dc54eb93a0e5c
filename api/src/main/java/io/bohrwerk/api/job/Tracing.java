package io.bohrwerk.api.job;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.failure.GuestText;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.TraceReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Has the tests of jobs traced whose strategy needs it, and takes in what is heard of that, under the row lock of the job. Reports may come
 * twice, late or out of order.
 */
@Component
class Tracing {
    private static final int LONGEST_MESSAGE = 1_000;
    /** Besides those that lie in the target: a trace goes the same way each time. */
    private static final Set<InfrastructureTrouble> IN_VAIN =
            EnumSet.of(InfrastructureTrouble.INTERNAL, InfrastructureTrouble.HOST_TIME_LIMIT);

    private final Jobs jobs;
    private final JobTraces traces;
    private final Scheduler scheduler;
    private final Outbox outbox;
    private final ApiProperties.Scheduling settings;

    Tracing(Jobs jobs, JobTraces traces, Scheduler scheduler, Outbox outbox, ApiProperties properties) {
        this.jobs = jobs;
        this.traces = traces;
        this.scheduler = scheduler;
        this.outbox = outbox;
        this.settings = properties.scheduling();
    }

    /** Asks for the traces that a new job needs; none, for most. */
    @Transactional(propagation = Propagation.MANDATORY)
    void begin(Job job, Instant now) {
        if (job.strategy() instanceof TracedStrategy traced) {
            for (int arm = 0; arm < traced.shifts().size(); arm++) {
                JobTrace trace =
                        traces.save(new JobTrace(job, arm, traced.shifts().get(arm), now));
                outbox.add(trace.request(job), now);
            }
        }
    }

    /** @throws InvalidInputException when the report speaks of what does not exist */
    @Transactional
    void accept(TraceReport report) {
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
                Instant due = now.plus(settings.retryDelay());
                trace.handBack(why, due);
                outbox.add(trace.request(job), due);
            } else {
                againOr(job, trace, why, inVain, now);
            }
        }
        job.stopIfDue(now);
        scheduler.follow(job, now);
    }

    private void planWhenAllAreThere(Job job) {
        List<JobTrace> all = traces.ofJob(job.id());
        if (all.stream().allMatch(JobTrace::completed)) {
            job.planned(all.stream().mapToLong(JobTrace::delays).sum());
        }
    }

    /** An attempt of which neither a report nor a heartbeat speaks any longer. */
    @Transactional
    void silent(UUID jobId, UUID traceId, int attempt) {
        Job job = jobs.lock(jobId).orElseThrow(() -> unknown("jobId", jobId));
        JobTrace trace = traces.findById(traceId).orElseThrow(() -> unknown("traceId", traceId));
        if (!trace.open() || trace.attempt() != attempt || outbox.holdsTrace(traceId)) {
            return; // it was heard of in the meantime
        }
        Instant now = now();
        againOr(
                job,
                trace,
                "nothing was heard of it for " + settings.batchTimeout().toSeconds() + " s",
                false,
                now);
        scheduler.follow(job, now);
    }

    /** A worker's heartbeat tells of it. */
    @Transactional
    void seen(UUID id) {
        traces.findById(id).flatMap(trace -> jobs.lock(trace.jobId())).ifPresent(job -> {
            Instant now = now();
            job.start(now);
            traces.findById(id).ifPresent(trace -> trace.see(now));
        });
    }

    private void againOr(Job job, JobTrace trace, String why, boolean inVain, Instant now) {
        if (job.ended()) {
            trace.fail(why, now);
        } else if (inVain || trace.tries() >= settings.mostAttempts()) {
            trace.fail(why, now);
            job.fail("the test could not be traced at shift " + trace.shift() + ": " + why, now);
        } else {
            Instant due = now.plus(settings.retryDelay().multipliedBy(1L << Math.min(trace.tries() - 1, 16)));
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
