package io.bohrwerk.api.scheduling;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.JobState;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.strategy.AdaptiveStrategy;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.api.trace.TracePlans;
import io.bohrwerk.api.work.Retries;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Withdrawal;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/** Keeps a small window of a job's batches in flight. Every method is called under the job's row lock. */
@Component
public class Scheduler {
    private final Jobs jobs;
    private final Batches batches;
    private final Arms arms;
    private final TracePlans traces;
    private final Outbox outbox;
    private final Shares shares;
    private final Retries retries;
    private final int traced;

    Scheduler(
            Jobs jobs,
            Batches batches,
            Arms arms,
            TracePlans traces,
            Outbox outbox,
            Shares shares,
            Retries retries,
            ApiProperties properties) {
        this.jobs = jobs;
        this.batches = batches;
        this.arms = arms;
        this.traces = traces;
        this.outbox = outbox;
        this.shares = shares;
        this.retries = retries;
        this.traced = properties.telemetry().batchesPerJob();
    }

    /** What follows from a change of the job: more batches, or none when it ended. */
    public void refill(Job job, Instant now) {
        UUID comparison = job.comparison();
        Optional<Job> partner = comparison == null ? Optional.empty() : jobs.partner(comparison, job.id());
        if (job.ended()) {
            shares.changed();
            withdraw(job, now);
            // One side by itself compares nothing.
            partner.filter(other -> !other.ended() && job.state() != JobState.COMPLETED)
                    .ifPresent(other -> {
                        other.cancel(now);
                        withdraw(other, now);
                    });
        }
        if (job.totals().batchesCreated() == 0) {
            shares.changed();
        }
        int window = shares.of(job);
        List<Outbox.Message> requests = new ArrayList<>();
        if (partner.isPresent()) {
            interleave(job, partner.get(), window, requests, now);
        } else {
            Supplier<List<ArmCount>> counts = counts(job);
            while (job.wantsBatch(window)) {
                cut(job, counts, requests, now);
            }
        }
        outbox.add(requests, now);
    }

    /** Batch by batch: neither side goes ahead of the other as long as both have batches to come. */
    private void interleave(Job one, Job other, int window, List<Outbox.Message> requests, Instant now) {
        Supplier<List<ArmCount>> ones = counts(one);
        Supplier<List<ArmCount>> others = counts(other);
        while (true) {
            if (one.wantsBatch(window)
                    && (!other.goesOn()
                            || one.totals().batchesCreated() <= other.totals().batchesCreated())) {
                cut(one, ones, requests, now);
            } else if (other.wantsBatch(window)
                    && (!one.goesOn()
                            || other.totals().batchesCreated() <= one.totals().batchesCreated())) {
                cut(other, others, requests, now);
            } else {
                return;
            }
        }
    }

    private void cut(Job job, Supplier<List<ArmCount>> counts, List<Outbox.Message> requests, Instant now) {
        List<TracedPlan> plans = job.course().strategy() instanceof TracedStrategy ? traces.plans(job.id()) : List.of();
        Batch batch = batches.save(job.nextBatch(counts.get(), plans, now));
        requests.add(message(job, batch));
    }

    private Outbox.Message message(Job job, Batch batch) {
        return new Outbox.Message(
                job.request(batch), batch.number() < traced ? job.origin().traceparent() : null);
    }

    /** What was counted of a job's arms, if its strategy learns; read once, as nothing is counted while batches are cut. */
    private Supplier<List<ArmCount>> counts(Job job) {
        return job.course().strategy() instanceof AdaptiveStrategy adaptive
                ? SingletonSupplier.of(() -> arms.of(
                        job.id(), adaptive.arms(job.course().timerPeriod()).size()))
                : List::of;
    }

    /** Another attempt at a batch, after a pause. */
    public void retry(Job job, Batch batch, Instant now) {
        Instant due = retries.due(batch.attempts(), now);
        batch.retry(due);
        outbox.add(List.of(message(job, batch)), due);
    }

    /** To another worker. */
    public void handBack(Job job, Batch batch, Instant now) {
        Instant due = retries.dueElsewhere(batch.attempts(), shares.inVain(job), now);
        batch.handBack(due);
        outbox.add(List.of(message(job, batch)), due);
    }

    /** What is in flight when its job ends is nobody's any more: messages are taken back, and workers are told of the rest. */
    private void withdraw(Job job, Instant now) {
        Set<UUID> unsent = Set.copyOf(outbox.withdraw(job.id()));
        boolean sent = false;
        for (Batch batch : batches.inFlight(job.id())) {
            batch.withdraw(now);
            job.giveUp(batch, false);
            sent |= !unsent.contains(batch.id());
        }
        if (sent) {
            outbox.add(new Withdrawal(Wire.VERSION, job.id()));
        }
    }
}
