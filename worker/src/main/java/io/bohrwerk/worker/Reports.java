package io.bohrwerk.worker;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Topics;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends reports. Safe for many threads. */
final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private final Producer<String, byte[]> producer;
    private volatile @Nullable String lastTrouble;

    Reports(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /** Whether the broker has it for good. */
    boolean send(BatchReport report) {
        if (report.result() instanceof BatchReport.Troubled trouble) {
            lastTrouble = trouble.kind() + ": " + trouble.message();
        }
        try {
            producer.send(new ProducerRecord<>(Topics.REPORTS, report.jobId().toString(), Wire.write(report)))
                    .get();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | KafkaException e) {
            log.error(
                    "the report on batch {} could not be sent, the batch is given back: {}",
                    report.batchId(),
                    e.toString());
        }
        return false;
    }

    /** The latest trouble reported, in one line. */
    @Nullable
    String lastTrouble() {
        return lastTrouble;
    }
}
