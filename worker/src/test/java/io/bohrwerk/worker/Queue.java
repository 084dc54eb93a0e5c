package io.bohrwerk.worker;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.Withdrawal;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The API's side of the queue, for tests: asks for batches, hears reports and heartbeats. */
public final class Queue implements AutoCloseable {
    /** The API keys batches by their job. */
    private static final String ONE_JOB = "job";

    private final Producer<String, byte[]> producer;
    private final Consumer<String, byte[]> consumer;
    final List<BatchReport> reports = new ArrayList<>();
    final List<ReplayReport> replayReports = new ArrayList<>();
    final List<String> reportKeys = new ArrayList<>();
    final List<WorkerHeartbeat> heartbeats = new ArrayList<>();

    Queue(String bootstrapServers) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "group.id",
                "test-" + UUID.randomUUID(),
                "auto.offset.reset",
                "earliest",
                "metadata.max.age.ms",
                "500");
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.REPORTS, Topics.reports(ReplayRequest.KIND), Topics.HEARTBEATS));
    }

    BatchRequest ask(BatchRequest request) throws Exception {
        ask(Wire.write(request));
        return request;
    }

    void ask(byte[] message) throws Exception {
        Future<?> sent = producer.send(new ProducerRecord<>(Topics.BATCHES, ONE_JOB, message));
        sent.get();
    }

    void withdraw(UUID job) throws Exception {
        Future<?> sent = producer.send(new ProducerRecord<>(
                Topics.WITHDRAWALS, job.toString(), Wire.write(new Withdrawal(Wire.VERSION, job))));
        sent.get();
    }

    /** All reports on a batch so far. */
    List<BatchReport> on(BatchRequest request) {
        return reports.stream()
                .filter(report -> report.batchId().equals(request.batchId()))
                .toList();
    }

    /** Listens until the batch is reported on. */
    BatchReport await(BatchRequest request) {
        listen(Duration.ofMinutes(3), () -> !on(request).isEmpty());
        return on(request).get(0);
    }

    WorkerHeartbeat awaitHeartbeat(Predicate<WorkerHeartbeat> wanted) {
        int from = heartbeats.size();
        listen(Duration.ofSeconds(30), () -> heartbeats.stream().skip(from).anyMatch(wanted));
        return heartbeats.stream().skip(from).filter(wanted).findFirst().orElseThrow();
    }

    /** Listens until something is true, or throws. */
    void listen(Duration limit, BooleanSupplier enough) {
        long end = System.nanoTime() + limit.toNanos();
        while (!enough.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + limit + "; reports: " + reports);
            }
            listen(Duration.ofMillis(100));
        }
    }

    void listenFor(Duration time) {
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
            listen(Duration.ofMillis(100));
        }
    }

    private void listen(Duration time) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(time)) {
            if (record.topic().equals(Topics.REPORTS)) {
                reports.add(Wire.read(record.value(), BatchReport.class));
                reportKeys.add(record.key());
            } else if (record.topic().equals(Topics.reports(ReplayRequest.KIND))) {
                replayReports.add(Wire.read(record.value(), ReplayReport.class));
            } else {
                heartbeats.add(Wire.read(record.value(), WorkerHeartbeat.class));
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        consumer.close();
    }
}
