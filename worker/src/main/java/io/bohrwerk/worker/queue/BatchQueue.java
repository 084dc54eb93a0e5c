package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.batch.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * One slot's end of the queue: takes a batch at a time and keeps others from getting it. For one thread. Every method throws
 * {@link KafkaException} when the broker does not follow; then the batch on hand is lost to others, and a new queue is to be opened.
 */
final class BatchQueue implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    /** What is not released by then comes back to others when its lock ends. */
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaShareConsumer<byte[], byte[]> consumer;

    BatchQueue(KafkaShareConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
        consumer.subscribe(List.of(Topics.BATCHES));
    }

    /** The next batch, null when none came within {@code wait}. */
    @Nullable
    ConsumerRecord<byte[], byte[]> take(Duration wait) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            return record; // max.poll.records is 1
        }
        return null;
    }

    /** Keeps the batch on hand for another term of the lock. */
    void renew(ConsumerRecord<byte[], byte[]> record) {
        consumer.acknowledge(record, AcknowledgeType.RENEW);
        commit();
        // The renewed record is handed out once more; without this poll the next acknowledgement of it is refused.
        ConsumerRecord<byte[], byte[]> again = take(ANSWER);
        if (again == null || again.partition() != record.partition() || again.offset() != record.offset()) {
            throw new KafkaException("the broker did not hand the renewed batch out again");
        }
    }

    /**
     * The batch on hand is done. The broker hears of it along with the next {@link #take}, or at the end, which saves a round trip for every
     * batch; if it does not hear of it, the batch comes back, and a second report on it changes nothing.
     */
    void done(ConsumerRecord<byte[], byte[]> record) {
        consumer.acknowledge(record, AcknowledgeType.ACCEPT);
    }

    /** Says at once what else is to become of the batch on hand. */
    void settle(ConsumerRecord<byte[], byte[]> record, AcknowledgeType how) {
        consumer.acknowledge(record, how);
        commit();
    }

    /** Errors come in the answer, not as exceptions. */
    private void commit() {
        for (Optional<KafkaException> error : consumer.commitSync(ANSWER).values()) {
            if (error.isPresent()) {
                throw error.get();
            }
        }
    }

    @Override
    public void close() {
        consumer.close(CLOSE);
    }
}
