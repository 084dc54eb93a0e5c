package io.bohrwerk.api.job;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.TraceReport;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Instant;
import org.springframework.context.event.EventListener;
import org.springframework.data.domain.Limit;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** What happens to traces because workers speak of them, or because nobody does. */
@Component
class TraceClock implements SchedulingConfigurer {
    private static final Limit ONE_ROUND = Limit.of(100);

    private final JobTraces traces;
    private final Tracing tracing;
    private final Fleet fleet;
    private final ApiProperties.Scheduling settings;

    TraceClock(JobTraces traces, Tracing tracing, Fleet fleet, ApiProperties properties) {
        this.traces = traces;
        this.tracing = tracing;
        this.fleet = fleet;
        this.settings = properties.scheduling();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(() -> check(Instant.now()), settings.checkInterval());
    }

    /** Queues again what the queue forgot. While no worker lives, or all are busy, traces wait. */
    void check(Instant now) {
        Fleet.Activity activity = fleet.now();
        if (activity.workers() == 0 || !activity.running().isEmpty()) {
            return;
        }
        for (JobTrace trace : traces.silentSince(now.minus(settings.batchTimeout()), ONE_ROUND)) {
            tracing.silent(trace.jobId(), trace.id(), trace.attempt());
        }
    }

    @KafkaListener(topics = Topics.TRACE_REPORTS, id = "trace-reports", groupId = "${spring.kafka.consumer.group-id}")
    void accept(byte[] message) {
        tracing.accept(Wire.read(message, TraceReport.class));
    }

    @EventListener
    void heard(WorkerHeartbeat heartbeat) {
        heartbeat.traces().forEach(tracing::seen);
    }
}
