package io.bohrwerk.api.worker;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;

/** Heartbeats in. */
@Component
class HeartbeatListener {
    private final Fleet fleet;
    private final ApplicationEventPublisher events;

    HeartbeatListener(Fleet fleet, ApplicationEventPublisher events) {
        this.fleet = fleet;
        this.events = events;
    }

    /** Of several by one worker only the latest says what is. */
    @KafkaListener(
            topics = Topics.HEARTBEATS,
            id = "heartbeats",
            groupId = "${spring.kafka.consumer.group-id}",
            batch = "true")
    void hear(List<byte[]> messages) {
        Map<String, WorkerHeartbeat> latest = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            try {
                WorkerHeartbeat heartbeat = Wire.read(messages.get(i), WorkerHeartbeat.class);
                latest.put(heartbeat.workerId(), heartbeat);
            } catch (InvalidInputException e) {
                hear(latest.values());
                throw new BatchListenerFailedException("no heartbeat", e, i);
            }
        }
        hear(latest.values());
    }

    /** All are heard once more, which changes nothing, when something was amiss: so the first will do as the one to name. */
    private void hear(Collection<WorkerHeartbeat> heartbeats) {
        try {
            fleet.hear(heartbeats);
            heartbeats.forEach(events::publishEvent);
        } catch (RuntimeException e) {
            throw new BatchListenerFailedException("heartbeats cannot be taken in", e, 0);
        }
    }
}
