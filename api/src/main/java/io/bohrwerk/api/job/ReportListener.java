package io.bohrwerk.api.job;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;

/**
 * Reports in, all that have come together: a job's are taken in under one lock. Where one of them cannot be taken in, they are taken in one
 * by one, so that it is known which.
 */
@Component
class ReportListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReportListener.class);

    private final ReportIntake intake;

    ReportListener(ReportIntake intake) {
        this.intake = intake;
    }

    @KafkaListener(
            topics = Topics.REPORTS,
            id = "reports",
            groupId = "${spring.kafka.consumer.group-id}",
            batch = "true")
    void accept(List<byte[]> messages) {
        List<BatchReport> reports = new ArrayList<>();
        InvalidInputException unreadable = read(messages, reports);
        Map<UUID, List<BatchReport>> ofJobs = new LinkedHashMap<>();
        reports.forEach(report ->
                ofJobs.computeIfAbsent(report.jobId(), id -> new ArrayList<>()).add(report));
        try {
            ofJobs.forEach((job, all) -> rounds(all).forEach(round -> intake.accept(job, round)));
        } catch (RuntimeException e) {
            LOG.debug("one of {} reports cannot be taken in", reports.size(), e);
            oneByOne(reports);
        }
        if (unreadable != null) {
            throw new BatchListenerFailedException("no report", unreadable, reports.size());
        }
    }

    /**
     * A failure ends a round, for it locks its crash: two transactions of several crashes each could wait for each other. Failures are
     * rare, or they are what there is to do.
     */
    private static List<List<BatchReport>> rounds(List<BatchReport> reports) {
        List<List<BatchReport>> rounds = new ArrayList<>();
        boolean begin = true;
        for (BatchReport report : reports) {
            if (begin) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(rounds.size() - 1).add(report);
            begin = report.result() instanceof BatchReport.Finished finished && finished.failure() != null;
        }
        return rounds;
    }

    /** Reads up to the first that is none. @return what is wrong with that one */
    private static @Nullable InvalidInputException read(List<byte[]> messages, List<BatchReport> reports) {
        for (byte[] message : messages) {
            try {
                reports.add(Wire.read(message, BatchReport.class));
            } catch (InvalidInputException e) {
                return e;
            }
        }
        return null;
    }

    /** What was taken in before is taken in again, which changes nothing. */
    private void oneByOne(List<BatchReport> reports) {
        for (int i = 0; i < reports.size(); i++) {
            try {
                intake.accept(reports.get(i));
            } catch (RuntimeException e) {
                throw new BatchListenerFailedException("the report cannot be taken in", e, i);
            }
        }
    }
}
