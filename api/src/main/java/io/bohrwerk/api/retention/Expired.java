package io.bohrwerk.api.retention;

import io.bohrwerk.api.ApiProperties;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** The failures that are past a limit. */
@Component
class Expired {
    /**
     * Ranks and sums are taken over failures that have artifacts, of themselves or of a replay, the latest first. So rank 1 in an open
     * crash is the last one of it that can be looked at, and stays; a failure that is being replayed stays until that is over.
     */
    private static final String QUERY = """
        with kept as (
            select f.id, f.job_id, f.crash_id, f.occurred_at, a.bytes,
                   row_number() over of_job    as job_rank,
                   sum(a.bytes) over of_job    as job_bytes,
                   row_number() over of_crash  as crash_rank,
                   sum(a.bytes) over of_crash  as crash_bytes
            from failures f join (
                select failure_id, sum(size) as bytes from (
                    select failure_id, size from artifacts
                    union all
                    select r.failure_id, ra.size from replay_artifacts ra join replays r on r.id = ra.replay_id
                ) as each group by failure_id) a on a.failure_id = f.id
            window of_job as (partition by f.job_id order by f.position desc),
                   of_crash as (partition by f.crash_id order by f.position desc)
        ), judged as (
            select k.*, case
                when k.job_rank > :jobCount then 'JOB_COUNT'
                when k.occurred_at < :jobSince then 'JOB_AGE'
                when k.job_bytes > :jobBytes then 'JOB_BYTES'
                when k.crash_rank > :crashCount then 'CRASH_COUNT'
                when k.occurred_at < :crashSince then 'CRASH_AGE'
                when k.crash_bytes > :crashBytes then 'CRASH_BYTES'
                end as past
            from kept k join crashes c on c.id = k.crash_id
            where not (c.state = 'OPEN' and k.crash_rank = 1)
              and not exists (select 1 from replays r where r.failure_id = k.id and r.state in ('QUEUED', 'RUNNING'))
        )
        select * from judged where past is not null and (cast(:crash as uuid) is null or crash_id = :crash)
        order by occurred_at, id""";

    private final JdbcClient database;
    private final ApiProperties.Retention settings;

    Expired(JdbcClient database, ApiProperties properties) {
        this.database = database;
        this.settings = properties.retention();
    }

    /** Whether there is any limit. */
    boolean limited() {
        return !settings.job().equals(settings.crash())
                || !settings.job().equals(new ApiProperties.Retention.Limits(null, null, null));
    }

    /** @param crash null for all */
    List<RetentionReport.Item> find(@Nullable UUID crash, Instant now) {
        ApiProperties.Retention.Limits job = settings.job();
        ApiProperties.Retention.Limits ofCrash = settings.crash();
        return database.sql(QUERY)
                .param("jobCount", most(job.count()))
                .param("jobSince", since(job.age(), now))
                .param("jobBytes", most(job.bytes()))
                .param("crashCount", most(ofCrash.count()))
                .param("crashSince", since(ofCrash.age(), now))
                .param("crashBytes", most(ofCrash.bytes()))
                .param("crash", crash)
                .query((row, number) -> new RetentionReport.Item(
                        row.getObject("id", UUID.class),
                        row.getObject("job_id", UUID.class),
                        row.getObject("crash_id", UUID.class),
                        row.getTimestamp("occurred_at").toInstant(),
                        row.getLong("bytes"),
                        RetentionReport.Limit.valueOf(row.getString("past"))))
                .list();
    }

    private static long most(@Nullable Integer count) {
        return count == null ? Long.MAX_VALUE : count;
    }

    private static long most(@Nullable DataSize bytes) {
        return bytes == null ? Long.MAX_VALUE : bytes.toBytes();
    }

    private static OffsetDateTime since(@Nullable Duration age, Instant now) {
        return (age == null ? Instant.EPOCH : now.minus(age)).atOffset(ZoneOffset.UTC);
    }
}
