package io.bohrwerk.api.queue;

import io.bohrwerk.protocol.InvalidInputException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.KafkaException;
import org.springframework.stereotype.Component;

/** Messages that could not be taken in, kept for people to look at. */
@Component
public class DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int LONGEST_ERROR = 2_000;

    private final JdbcClient database;

    DeadLetters(JdbcClient database) {
        this.database = database;
    }

    /** One that makes no sense, found while others of its batch are taken in. */
    public void reject(ConsumerRecord<?, ?> message, InvalidInputException e) {
        LOG.warn(
                "rejecting malformed message {}-{}@{}: {}",
                message.topic(),
                message.partition(),
                message.offset(),
                e.getMessage());
        keep(message, e);
    }

    void add(ConsumerRecord<?, ?> message, Exception e) {
        Throwable cause = ours(e);
        LOG.error(
                "message {}-{}@{} cannot be taken in and goes to dead_letters",
                message.topic(),
                message.partition(),
                message.offset(),
                cause);
        keep(message, cause);
    }

    private void keep(ConsumerRecord<?, ?> message, Throwable cause) {
        String error = cause.toString().replace('\0', '?');
        database.sql("""
                insert into dead_letters (topic, partition, kafka_offset, key, payload, error)
                values (?, ?, ?, ?, ?, ?) on conflict do nothing""")
                .params(
                        message.topic(),
                        message.partition(),
                        message.offset(),
                        message.key(),
                        message.value(),
                        error.length() <= LONGEST_ERROR ? error : error.substring(0, LONGEST_ERROR))
                .update();
    }

    /** What we said ourselves, out of the listener's wrapping. */
    private static Throwable ours(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause instanceof KafkaException) {
            cause = cause.getCause();
        }
        return cause;
    }
}
