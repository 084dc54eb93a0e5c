package io.bohrwerk.api.job;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import io.bohrwerk.protocol.worker.WorkerHeartbeat.RunningBatch;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.event.EventListener;
import org.springframework.data.domain.Limit;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What happens to jobs because time passes, or because workers are seen at work. */
@Component
class JobClock implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(JobClock.class);
    /** Silent batches looked at in one round; there is another in a moment. */
    private static final Limit ONE_ROUND = Limit.of(200);

    private final Jobs jobs;
    private final Batches batches;
    private final Scheduler scheduler;
    private final Shares shares;
    private final ReportIntake intake;
    private final Outbox outbox;
    private final Fleet fleet;
    private final TransactionTemplate transaction;
    private final ApiProperties.Scheduling settings;

    JobClock(
            Jobs jobs,
            Batches batches,
            Scheduler scheduler,
            Shares shares,
            ReportIntake intake,
            Outbox outbox,
            Fleet fleet,
            TransactionTemplate transaction,
            ApiProperties properties) {
        this.jobs = jobs;
        this.batches = batches;
        this.scheduler = scheduler;
        this.shares = shares;
        this.intake = intake;
        this.outbox = outbox;
        this.fleet = fleet;
        this.transaction = transaction;
        this.settings = properties.scheduling();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(() -> check(Instant.now()), settings.checkInterval());
    }

    /** Ends jobs whose real time is over, widens windows after workers came, and queues again what was forgotten. */
    void check(Instant moment) {
        Instant now = moment.truncatedTo(ChronoUnit.MICROS);
        for (UUID id : jobs.needingAttention(shares.largest())) {
            transaction.executeWithoutResult(status -> jobs.lock(id).ifPresent(job -> {
                job.stopIfDue(now);
                scheduler.follow(job, now);
            }));
        }
        sweep(now);
    }

    /**
     * A batch of which nothing is heard may wait behind others in a long queue, so it is only taken for forgotten when the queue has come
     * to younger ones, or when all workers are idle.
     */
    private void sweep(Instant now) {
        Fleet.Activity activity = fleet.now();
        if (activity.workers() == 0) {
            return;
        }
        boolean idle = activity.running().isEmpty();
        for (Batch batch : batches.silentSince(now.minus(settings.batchTimeout()), ONE_ROUND)) {
            boolean forgotten = !activity.batches().contains(batch.id())
                    && !outbox.holds(batch.id())
                    && (idle || batches.queueHasPassed(batch.queuedAt()));
            if (forgotten) {
                queueAgain(batch);
            }
        }
    }

    private void queueAgain(Batch batch) {
        try (MDC.MDCCloseable job = MDC.putCloseable("job", batch.jobId().toString());
                MDC.MDCCloseable field = MDC.putCloseable("batch", batch.id().toString())) {
            LOG.warn(
                    "nothing was heard of attempt {} at batch {} of job {} for {}",
                    batch.attempt(),
                    batch.id(),
                    batch.jobId(),
                    settings.batchTimeout());
            intake.silent(batch.jobId(), batch.id(), batch.attempt());
        }
    }

    /** A heartbeat shows that batches run, and thereby that their jobs do. */
    @EventListener
    void heard(WorkerHeartbeat heartbeat) {
        if (heartbeat.running().isEmpty()) {
            return;
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        List<RunningBatch> running = heartbeat.running();
        transaction.executeWithoutResult(status ->
                batches.seen(running.stream().map(RunningBatch::batchId).toList(), now));
        for (UUID id : jobs.queuedAmong(
                running.stream().map(RunningBatch::jobId).distinct().toList())) {
            transaction.executeWithoutResult(status -> jobs.lock(id).ifPresent(job -> job.start(now)));
        }
    }
}
