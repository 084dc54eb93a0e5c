package io.bohrwerk.api.replay;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Instant;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.data.domain.Limit;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** What happens to replays because workers speak of them, or because nobody does. */
@Component
class ReplayClock implements SchedulingConfigurer {
    private static final Limit ONE_ROUND = Limit.of(100);

    private final Replays replays;
    private final ReplayIntake intake;
    private final Fleet fleet;
    private final ApiProperties.Scheduling settings;

    ReplayClock(Replays replays, ReplayIntake intake, Fleet fleet, ApiProperties properties) {
        this.replays = replays;
        this.intake = intake;
        this.fleet = fleet;
        this.settings = properties.scheduling();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(() -> check(Instant.now()), settings.checkInterval());
    }

    /** Queues again what the queue forgot. While no worker lives, or all are busy, replays wait. */
    void check(Instant now) {
        Fleet.Activity activity = fleet.now();
        if (activity.workers() == 0 || !activity.running().isEmpty()) {
            return;
        }
        Instant since = now.minus(settings.batchTimeout());
        for (UUID id : replays.silentSince(since, ONE_ROUND)) {
            intake.silent(id, since);
        }
    }

    @KafkaListener(topics = Topics.REPLAY_REPORTS, id = "replay-reports", groupId = "${spring.kafka.consumer.group-id}")
    void accept(byte[] message) {
        intake.accept(Wire.read(message, ReplayReport.class));
    }

    @EventListener
    void heard(WorkerHeartbeat heartbeat) {
        heartbeat.replays().forEach(intake::seen);
    }
}
