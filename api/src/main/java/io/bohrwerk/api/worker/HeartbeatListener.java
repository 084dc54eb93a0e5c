package io.bohrwerk.api.worker;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
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

    @KafkaListener(topics = Topics.HEARTBEATS, id = "heartbeats", groupId = "${spring.kafka.consumer.group-id}")
    void hear(byte[] message) {
        WorkerHeartbeat heartbeat = Wire.read(message, WorkerHeartbeat.class);
        fleet.hear(heartbeat);
        events.publishEvent(heartbeat);
    }
}
