package io.bohrwerk.api.retention;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.trail.Trail;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes artifacts away from failures that are past a limit, crash by crash. Counts and coordinates stay: a failure can be made again. */
@Component
class Retention implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    /** Told one by one; the rest is counted. */
    private static final int MOST_ITEMS = 1_000;

    private final Expired expired;
    private final RetiredBlobs retired;
    private final Trail trail;
    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final ApiProperties.Retention settings;

    Retention(
            Expired expired,
            RetiredBlobs retired,
            Trail trail,
            JdbcClient database,
            TransactionTemplate transaction,
            ApiProperties properties) {
        this.expired = expired;
        this.retired = retired;
        this.trail = trail;
        this.database = database;
        this.transaction = transaction;
        this.settings = properties.retention();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(this::look, settings.interval());
    }

    private void look() {
        try {
            if (expired.limited() || retired.waiting() > 0) {
                run(Instant.now());
            } else {
                forget(Instant.now());
            }
        } catch (IOException | RuntimeException e) {
            // The next round tries again; a task that throws would never be run again.
            LOG.warn("retention did not come to its end", e);
        }
    }

    private void forget(Instant now) {
        int entries = trail.forget(now.minus(settings.trail()));
        if (entries > 0) {
            LOG.info("retention: {} entries of the audit trail were older than {}", entries, settings.trail());
        }
    }

    /** What a run would do now. Changes nothing. */
    RetentionReport plan(Instant now) {
        return report(expired.find(null, now), new RetiredBlobs.Deleted(0, 0));
    }

    /** Takes away what is past a limit, and deletes the blobs that have waited long enough. Several processes may do so at once. */
    RetentionReport run(Instant moment) throws IOException {
        Instant now = moment.truncatedTo(ChronoUnit.MICROS);
        forget(now);
        Set<UUID> crashes = new LinkedHashSet<>();
        expired.find(null, now).forEach(item -> crashes.add(item.crash()));
        List<RetentionReport.Item> gone = new ArrayList<>();
        for (UUID crash : crashes) {
            transaction.executeWithoutResult(status -> {
                // Nobody opens it again, and no failure is added to it, while it is decided which one is its last.
                database.sql("select 1 from crashes where id = ? for update")
                        .param(crash)
                        .query(Integer.class)
                        .single();
                for (RetentionReport.Item item : expired.find(crash, now)) {
                    retired.retire(item.failure(), now);
                    gone.add(item);
                }
            });
        }
        RetentionReport report = report(gone, retired.delete(now));
        if (report.failures() > 0 || report.deletedBlobs() > 0) {
            LOG.info(
                    "retention: {} failures go without their artifacts of {} bytes, {} blobs of {} bytes are deleted,"
                            + " {} wait",
                    report.failures(),
                    report.bytes(),
                    report.deletedBlobs(),
                    report.deletedBytes(),
                    report.waitingBlobs());
        }
        return report;
    }

    private RetentionReport report(List<RetentionReport.Item> items, RetiredBlobs.Deleted deleted) {
        return new RetentionReport(
                items.size(),
                items.stream().mapToLong(RetentionReport.Item::bytes).sum(),
                deleted.blobs(),
                deleted.bytes(),
                retired.waiting(),
                items.subList(0, Math.min(MOST_ITEMS, items.size())));
    }
}
