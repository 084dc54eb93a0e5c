package io.bohrwerk.api.intake;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.scheduling.Guests;
import io.bohrwerk.api.scheduling.Scheduler;
import io.bohrwerk.api.scheduling.Shares;
import io.bohrwerk.api.work.Waiting;
import io.bohrwerk.api.work.WatchedWork;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.MDC;
import org.springframework.data.domain.Limit;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What happens to jobs because time passes, or because workers are seen at work. */
@Component
public class JobClock implements SchedulingConfigurer, WatchedWork {
    private final Jobs jobs;
    private final Batches batches;
    private final Scheduler scheduler;
    private final Shares shares;
    private final ReportIntake intake;
    private final Guests guests;
    private final TransactionTemplate transaction;
    private final ApiProperties.Scheduling settings;

    JobClock(
            Jobs jobs,
            Batches batches,
            Scheduler scheduler,
            Shares shares,
            ReportIntake intake,
            Guests guests,
            TransactionTemplate transaction,
            ApiProperties properties) {
        this.jobs = jobs;
        this.batches = batches;
        this.scheduler = scheduler;
        this.shares = shares;
        this.intake = intake;
        this.guests = guests;
        this.transaction = transaction;
        this.settings = properties.scheduling();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(() -> check(Instant.now()), settings.checkInterval());
    }

    /** Ends jobs whose real time is over, and widens windows after workers came. */
    public void check(Instant moment) {
        Instant now = moment.truncatedTo(ChronoUnit.MICROS);
        guests.releaseAll();
        for (UUID id : jobs.needingAttention(shares.largest())) {
            transaction.executeWithoutResult(status -> jobs.lock(id).ifPresent(job -> {
                job.stopIfDue(now);
                scheduler.refill(job, now);
            }));
        }
    }

    @Override
    public String kind() {
        return BatchRequest.KIND;
    }

    /** Batches run, and thereby their jobs do. */
    @Override
    public void seen(List<RunningWork> running, Instant now) {
        transaction.executeWithoutResult(
                status -> batches.seen(running.stream().map(RunningWork::id).toList(), now));
        List<UUID> theirs = running.stream()
                .flatMap(work -> Stream.ofNullable(work.jobId()))
                .distinct()
                .toList();
        for (UUID id : jobs.queuedAmong(theirs)) {
            transaction.executeWithoutResult(status -> jobs.lock(id).ifPresent(job -> job.start(now)));
        }
    }

    @Override
    public List<Waiting> silentSince(Instant since, Limit limit) {
        return batches.silentSince(since, limit);
    }

    @Override
    public void silent(Waiting work, String why) {
        UUID jobId = batches.findById(work.id()).orElseThrow().jobId();
        try (MDC.MDCCloseable job = MDC.putCloseable("job", jobId.toString());
                MDC.MDCCloseable batch = MDC.putCloseable("batch", work.id().toString())) {
            intake.silent(jobId, work, why);
        }
    }
}
