package io.bohrwerk.api.intake;

import io.bohrwerk.api.queue.AttemptSecrets;
import io.bohrwerk.api.queue.DeadLetters;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.telemetry.Spans;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;

/**
 * Reports in, all that have come together: a job's are taken in under one lock. Where one of them cannot be taken in, they are taken in one
 * by one, so that it is known which.
 */
@Component
public class ReportListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReportListener.class);

    private final ReportIntake intake;
    private final AttemptSecrets secrets;
    private final DeadLetters deadLetters;
    private final Spans spans;

    ReportListener(ReportIntake intake, AttemptSecrets secrets, DeadLetters deadLetters, Spans spans) {
        this.intake = intake;
        this.secrets = secrets;
        this.deadLetters = deadLetters;
        this.spans = spans;
    }

    /** @param traceparent of the worker's span; null for most */
    private record Told(BatchReport report, @Nullable String traceparent, ConsumerRecord<?, byte[]> message) {}

    @KafkaListener(
            topics = Topics.REPORTS,
            id = "reports",
            groupId = "${spring.kafka.consumer.group-id}",
            batch = "true")
    public void accept(List<ConsumerRecord<?, byte[]>> messages) {
        List<Told> reports = read(messages);
        Map<UUID, List<Told>> ofJobs = new LinkedHashMap<>();
        reports.forEach(told -> ofJobs.computeIfAbsent(told.report().jobId(), id -> new ArrayList<>())
                .add(told));
        try {
            ofJobs.forEach((job, all) -> rounds(all).forEach(round -> accept(job, round)));
        } catch (RuntimeException e) {
            LOG.debug("one of {} reports cannot be taken in", reports.size(), e);
            oneByOne(reports);
        }
    }

    /** Those of the reports that are traced have a span of this each: they are counted together. */
    private void accept(UUID job, List<Told> round) {
        List<Spans.Span> begun = round.stream()
                .filter(told -> told.traceparent() != null)
                .map(told -> spans.receiving("report", told.traceparent())
                        .with("bohrwerk.job", job.toString())
                        .with("bohrwerk.batch", told.report().batchId().toString())
                        .with("bohrwerk.counted.together", round.size()))
                .toList();
        try (MDC.MDCCloseable field = MDC.putCloseable("job", job.toString())) {
            intake.accept(job, round.stream().map(Told::report).toList());
        } catch (RuntimeException e) {
            begun.forEach(span -> span.fail("one of the reports cannot be taken in"));
            throw e;
        } finally {
            begun.forEach(Spans.Span::close);
        }
    }

    /**
     * A failure ends a round, for it locks its crash: two transactions of several crashes each could wait for each other. Failures are
     * rare, or they are what there is to do.
     */
    private static List<List<Told>> rounds(List<Told> reports) {
        List<List<Told>> rounds = new ArrayList<>();
        boolean begin = true;
        for (Told told : reports) {
            if (begin) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(rounds.size() - 1).add(told);
            begin = told.report().result() instanceof BatchReport.Finished finished && finished.failure() != null;
        }
        return rounds;
    }

    /**
     * Those that are reports, by who was sent the work. What is none is rejected here and not by the container, which would fetch all others
     * again: it worked off two a second.
     */
    private List<Told> read(List<ConsumerRecord<?, byte[]>> messages) {
        List<Told> reports = new ArrayList<>();
        for (ConsumerRecord<?, byte[]> message : messages) {
            try {
                byte[] value = message.value() == null ? new byte[0] : message.value();
                BatchReport report = Wire.read(value, BatchReport.class);
                secrets.requireSeal(message, report);
                Header parent = message.headers().lastHeader(Spans.HEADER);
                reports.add(new Told(
                        report,
                        parent == null ? null : new String(parent.value(), StandardCharsets.US_ASCII),
                        message));
            } catch (InvalidInputException e) {
                deadLetters.reject(message, e);
            }
        }
        return reports;
    }

    /** What was taken in before is taken in again, which changes nothing. */
    private void oneByOne(List<Told> reports) {
        for (int i = 0; i < reports.size(); i++) {
            try {
                accept(reports.get(i).report().jobId(), List.of(reports.get(i)));
            } catch (InvalidInputException e) {
                // The message goes to the dead letters; its attempt must not wait for a report that never comes.
                intake.refused(reports.get(i).report(), String.valueOf(e.getMessage()));
                deadLetters.reject(reports.get(i).message(), e);
            } catch (RuntimeException e) {
                throw new BatchListenerFailedException(
                        "the report cannot be taken in", e, reports.get(i).message());
            }
        }
    }
}
