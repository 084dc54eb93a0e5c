package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.ReportSeal;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.telemetry.Spans;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends reports. Safe for many threads. */
public final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private final Producer<String, byte[]> producer;
    private volatile @Nullable String lastTrouble;

    public Reports(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Sends a report.
     *
     * @param secret of the attempt, as it came with the work; null where none came
     * @return whether the broker has it for good
     */
    boolean send(Report report, byte @Nullable [] secret) {
        Report.Trouble trouble = report.trouble();
        if (trouble != null && !trouble.kind().handedBack()) {
            lastTrouble = trouble.kind() + ": " + trouble.message();
        }
        String topic = Topics.reports(report.kind());
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(topic, report.key(), Wire.write(report));
        if (secret != null) {
            message.headers().add(ReportSeal.HEADER, ReportSeal.of(secret, message.value()));
        }
        String parent = Spans.Span.traceparentHere();
        if (parent != null) {
            message.headers().add(Spans.HEADER, parent.getBytes(StandardCharsets.US_ASCII));
        }
        try {
            producer.send(message).get();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | KafkaException e) {
            log.error("a report to {} could not be sent, its work is given back: {}", topic, e.toString());
        }
        return false;
    }

    /** The latest trouble reported, in one line. */
    @Nullable
    public String lastTrouble() {
        return lastTrouble;
    }
}
