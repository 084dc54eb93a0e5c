package io.bohrwerk.api;

import io.bohrwerk.api.queue.AttemptSecrets;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.ReportSeal;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.TraceRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import tools.jackson.databind.JsonNode;

/** Seals the reports that tests send in the place of workers, unless they bring a seal. */
public final class SealingInterceptor implements ProducerInterceptor<String, byte[]> {
    private static volatile @Nullable AttemptSecrets secrets;

    static void follow(ConfigurableApplicationContext context) {
        context.addApplicationListener(event -> {
            // Another context of the tests, deaf to Kafka, has a database and so a key of its own.
            if (event instanceof ContextRefreshedEvent refreshed
                    && context.getEnvironment()
                            .getProperty("spring.kafka.listener.auto-startup", Boolean.class, true)) {
                secrets = refreshed.getApplicationContext().getBean(AttemptSecrets.class);
            }
        });
    }

    @Override
    public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> message) {
        AttemptSecrets known = secrets;
        if (known == null || message.headers().lastHeader(ReportSeal.HEADER) != null) {
            return message;
        }
        for (String kind : List.of(BatchRequest.KIND, ReplayRequest.KIND, TraceRequest.KIND, Check.KIND)) {
            if (message.topic().equals(Topics.reports(kind))) {
                try {
                    JsonNode report = Wire.read(message.value(), JsonNode.class);
                    byte[] secret = known.of(
                            kind,
                            UUID.fromString(report.path(kind + "Id").asString()),
                            report.path("attempt").asInt());
                    message.headers().add(ReportSeal.HEADER, ReportSeal.of(secret, message.value()));
                } catch (RuntimeException e) {
                    return message; // poison
                }
            }
        }
        return message;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> settings) {}
}
