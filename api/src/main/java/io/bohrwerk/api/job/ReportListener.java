package io.bohrwerk.api.job;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Topics;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Reports in. */
@Component
class ReportListener {
    private final ReportIntake intake;

    ReportListener(ReportIntake intake) {
        this.intake = intake;
    }

    @KafkaListener(topics = Topics.REPORTS, id = "reports", groupId = "${spring.kafka.consumer.group-id}")
    void accept(byte[] message) {
        intake.accept(Wire.read(message, BatchReport.class));
    }
}
