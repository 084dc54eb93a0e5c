package io.bohrwerk.api.work;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** Watches all work that is out: passes on what heartbeats show, and queues again what the queue has lost. */
@Component
public class Sweep implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    /** Silent work of a kind looked at in one round; there is another in a moment. */
    private static final Limit ONE_ROUND = Limit.of(200);

    private final List<WatchedWork> kinds;
    private final Outbox outbox;
    private final Fleet fleet;
    private final JdbcClient database;
    private final ApiProperties.Scheduling settings;

    Sweep(List<WatchedWork> kinds, Outbox outbox, Fleet fleet, JdbcClient database, ApiProperties properties) {
        this.kinds = kinds;
        this.outbox = outbox;
        this.fleet = fleet;
        this.database = database;
        this.settings = properties.scheduling();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(() -> check(Instant.now()), settings.checkInterval());
    }

    /**
     * Work of which nothing is heard may wait behind other work in a long queue, so it only counts as lost when the queue has come to younger
     * work, or when all workers are idle. While no worker lives everything waits.
     */
    public void check(Instant now) {
        Fleet.Activity activity = fleet.now();
        if (activity.workers() == 0) {
            return;
        }
        Set<UUID> running = activity.running().stream().map(RunningWork::id).collect(Collectors.toSet());
        for (WatchedWork kind : kinds) {
            for (Waiting work : kind.silentSince(now.minus(settings.batchTimeout()), ONE_ROUND)) {
                boolean lost = !running.contains(work.id())
                        && !outbox.holds(work.id())
                        && (running.isEmpty() || queueHasPassed(work.queuedAt()));
                if (lost) {
                    LOG.warn(
                            "nothing was heard of attempt {} at {} {} for {}",
                            work.attempt(),
                            kind.kind(),
                            work.id(),
                            settings.batchTimeout());
                    kind.silent(
                            work,
                            "nothing was heard of it for "
                                    + settings.batchTimeout().toSeconds() + " s");
                }
            }
        }
    }

    /**
     * Whether the queue has come to batches that were put into it after this moment. Looks at the latest ten thousand only, so that it costs
     * the same however many there have been; with more of them unseen the answer comes later.
     */
    private boolean queueHasPassed(Instant moment) {
        return database.sql("""
                select exists (select 1 from (select queued_at, seen_at, finished_at from batches
                                              order by position desc limit 10000) as latest
                               where queued_at > ? and (seen_at is not null or finished_at is not null))""")
                .param(moment.atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    @EventListener
    public void heard(WorkerHeartbeat heartbeat) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        for (WatchedWork kind : kinds) {
            List<RunningWork> running = heartbeat.work().stream()
                    .filter(work -> work.is(kind.kind()))
                    .toList();
            if (!running.isEmpty()) {
                kind.seen(running, now);
            }
        }
    }
}
