package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.Withdrawal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that have ended while batches of theirs were on their way, as the API tells all workers. What is not known here is only run in
 * vain: its report is counted as any other.
 */
public final class Withdrawals implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Withdrawals.class);
    /** Of the latest jobs: a batch of an older one is no longer in the queue. */
    private static final int REMEMBERED = 10_000;

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Set<UUID> jobs = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));
    private final KafkaClients clients;
    private final Thread thread = new Thread(this::loop, "withdrawals");
    private volatile boolean stopped;
    private volatile @Nullable Consumer<byte[], byte[]> reading;

    public Withdrawals(KafkaClients clients) {
        this.clients = clients;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    boolean contains(UUID job) {
        return jobs.contains(job);
    }

    private void loop() {
        while (!stopped) {
            try {
                clients.makeReady();
                try (Consumer<byte[], byte[]> consumer = clients.reader("withdrawals")) {
                    reading = consumer;
                    read(consumer);
                } finally {
                    reading = null;
                }
            } catch (WakeupException e) {
                return;
            } catch (KafkaException e) {
                log.debug("withdrawals cannot be read, next try in {} s: {}", PAUSE.toSeconds(), e.toString());
                rest();
            }
        }
    }

    /** From the beginning: what was said while this worker was away holds as well. */
    private void read(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.WITHDRAWALS).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        while (!stopped) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                try {
                    jobs.add(Wire.read(record.value(), Withdrawal.class).jobId());
                } catch (InvalidInputException e) {
                    log.warn("ignoring malformed withdrawal at offset {}: {}", record.offset(), e.getMessage());
                }
            }
        }
    }

    private void rest() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        Consumer<byte[], byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        } else {
            thread.interrupt();
        }
        thread.join(CLOSE.toMillis());
    }
}
