package io.bohrwerk.api.work;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.queue.AttemptSecrets;
import io.bohrwerk.api.queue.DeadLetters;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.Topics;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** Reports in, one topic for each kind of work that has a {@link ReportHandler}. Batches come by thousands and have a listener of their own. */
@Configuration(proxyBeanMethods = false)
class WorkReports {
    private final Map<String, ReportHandler<?>> handlers;
    private final AttemptSecrets secrets;
    private final DeadLetters deadLetters;

    WorkReports(List<ReportHandler<?>> handlers, AttemptSecrets secrets, DeadLetters deadLetters) {
        this.secrets = secrets;
        this.deadLetters = deadLetters;
        this.handlers = handlers.stream()
                .collect(Collectors.toMap(handler -> Topics.reports(handler.kind()), Function.identity()));
    }

    @Bean
    KafkaAdmin.NewTopics reportTopics(ApiProperties properties) {
        ApiProperties.Queue queue = properties.queue();
        return new KafkaAdmin.NewTopics(handlers.keySet().stream()
                .map(topic -> TopicBuilder.name(topic)
                        .partitions(queue.partitions())
                        .replicas(queue.replicationFactor())
                        .build())
                .toArray(NewTopic[]::new));
    }

    /** For the listener's own annotation. */
    public String[] topics() {
        return handlers.keySet().toArray(String[]::new);
    }

    @KafkaListener(
            topics = "#{__listener.topics()}",
            id = "work-reports",
            groupId = "${spring.kafka.consumer.group-id}")
    void accept(ConsumerRecord<?, byte[]> message) {
        ReportHandler<?> handler = handlers.get(message.topic());
        if (handler == null) {
            throw new IllegalStateException("no handler for reports on " + message.topic());
        }
        try {
            take(handler, message);
        } catch (InvalidInputException e) {
            deadLetters.reject(message, e);
        }
    }

    private <R extends Report> void take(ReportHandler<R> handler, ConsumerRecord<?, byte[]> message) {
        R report = Wire.read(message.value() == null ? new byte[0] : message.value(), handler.report());
        secrets.requireSeal(message, report);
        handler.accept(report);
    }
}
