package io.bohrwerk.api.worker;

import io.bohrwerk.api.queue.DeadLetters;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;

/** Heartbeats in. */
@Component
class HeartbeatListener {
    private final Fleet fleet;
    private final DeadLetters deadLetters;
    private final ApplicationEventPublisher events;

    HeartbeatListener(Fleet fleet, DeadLetters deadLetters, ApplicationEventPublisher events) {
        this.deadLetters = deadLetters;
        this.fleet = fleet;
        this.events = events;
    }

    /** Of several by one worker only the latest says what is. */
    @KafkaListener(
            topics = Topics.HEARTBEATS,
            id = "heartbeats",
            groupId = "${spring.kafka.consumer.group-id}",
            batch = "true")
    void hear(List<ConsumerRecord<?, byte[]>> messages) {
        Map<String, WorkerHeartbeat> latest = new LinkedHashMap<>();
        for (ConsumerRecord<?, byte[]> message : messages) {
            try {
                byte[] value = message.value() == null ? new byte[0] : message.value();
                WorkerHeartbeat heartbeat = Wire.read(value, WorkerHeartbeat.class);
                latest.put(heartbeat.workerId(), heartbeat);
            } catch (InvalidInputException e) {
                deadLetters.reject(message, e);
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
