package io.bohrwerk.api.job;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.worker.Fleet;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Keeps a small window of a job's batches in flight. Every method is called under the job's row lock. */
@Component
class Scheduler {
    private final Batches batches;
    private final Outbox outbox;
    private final Fleet fleet;
    private final ApiProperties.Scheduling settings;

    Scheduler(Batches batches, Outbox outbox, Fleet fleet, ApiProperties properties) {
        this.batches = batches;
        this.outbox = outbox;
        this.fleet = fleet;
        this.settings = properties.scheduling();
    }

    /** How many batches a job may have in flight now. */
    int window() {
        long wanted = (long) settings.batchesPerSlot() * fleet.now().slots();
        return (int) Math.max(settings.fewestBatches(), Math.min(settings.mostBatches(), wanted));
    }

    /** What follows from a change of the job: more batches, or none when it ended. */
    void follow(Job job, Instant now) {
        if (job.ended()) {
            withdraw(job, now);
            return;
        }
        int window = window();
        while (job.wantsBatch(window)) {
            Batch batch = batches.save(job.nextBatch(now));
            outbox.add(job.request(batch), now);
        }
    }

    /** Another attempt at a batch, after a pause. */
    void retry(Job job, Batch batch, Instant now) {
        long factor = 1L << Math.min(batch.attempt() - 1, 16);
        Instant due = now.plus(settings.retryDelay().multipliedBy(factor));
        batch.retry(due);
        outbox.add(job.request(batch), due);
    }

    private void withdraw(Job job, Instant now) {
        List<UUID> unsent = outbox.withdraw(job.id());
        if (unsent.isEmpty()) {
            return;
        }
        for (Batch batch : batches.inFlight(job.id(), unsent)) {
            batch.withdraw(now);
            job.giveUp(batch, false);
        }
    }
}
