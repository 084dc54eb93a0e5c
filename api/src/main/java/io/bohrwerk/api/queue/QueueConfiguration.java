package io.bohrwerk.api.queue;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Topics;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/** Topics, made at start when they are missing, and what becomes of a message that cannot be taken in. */
@Configuration(proxyBeanMethods = false)
@EnableKafka
class QueueConfiguration {
    @Bean
    KafkaAdmin.NewTopics topics(ApiProperties properties) {
        ApiProperties.Queue queue = properties.queue();
        return new KafkaAdmin.NewTopics(
                topic(Topics.BATCHES, Topics.BATCHES_PARTITIONS, queue),
                topic(Topics.REPORTS, queue.partitions(), queue),
                topic(Topics.HEARTBEATS, queue.partitions(), queue),
                topic(Topics.WITHDRAWALS, 1, queue));
    }

    private static org.apache.kafka.clients.admin.NewTopic topic(
            String name, int partitions, ApiProperties.Queue queue) {
        return TopicBuilder.name(name)
                .partitions(partitions)
                .replicas(queue.replicationFactor())
                .build();
    }

    /**
     * A message that makes no sense goes to the dead letters at once, one that we stumble over after two more tries. While the database is
     * away messages wait: they are good.
     */
    @Bean
    CommonErrorHandler messageErrors(DeadLetters deadLetters) {
        DefaultErrorHandler handler = new DefaultErrorHandler(deadLetters::add, new FixedBackOff(200, 2));
        handler.addNotRetryableExceptions(InvalidInputException.class);
        handler.setBackOffFunction((message, e) -> databaseAway(e) ? patience() : null);
        return handler;
    }

    private static BackOff patience() {
        ExponentialBackOff patience = new ExponentialBackOff(200, 2);
        patience.setMaxInterval(5_000);
        return patience;
    }

    private static boolean databaseAway(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransientDataAccessException
                    || cause instanceof NonTransientDataAccessResourceException
                    || cause instanceof CannotCreateTransactionException) {
                return true;
            }
        }
        return false;
    }
}
