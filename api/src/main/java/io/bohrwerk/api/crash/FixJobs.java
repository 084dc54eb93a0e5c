package io.bohrwerk.api.crash;

import io.bohrwerk.api.statistics.FixVerdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Jobs that ask whether something is fixed, as crashes see them. */
@Component
class FixJobs {
    /** Of the latest questions, those about a crash are looked for among so many. */
    private static final int LATEST = 200;

    private static final String COLUMNS =
            "j.id, j.name, j.failures, j.iterations, (j.question ->> 'needed')::bigint as needed";

    private final JdbcClient database;

    FixJobs(JdbcClient database) {
        this.database = database;
    }

    /** Those of some jobs that ask. */
    Map<UUID, CrashView.FixJob> of(Collection<UUID> jobs) {
        Map<UUID, CrashView.FixJob> found = new LinkedHashMap<>();
        if (!jobs.isEmpty()) {
            database.sql("select " + COLUMNS + " from jobs j where j.id in (:ids) and j.question is not null")
                    .param("ids", jobs)
                    .query((row, number) -> job(row))
                    .list()
                    .forEach(job -> found.put(job.job(), job));
        }
        return found;
    }

    /** Those of the latest that ask about a job which met the crash; the latest first. */
    List<CrashView.FixJob> about(UUID crash) {
        return database.sql("select " + COLUMNS + " from (select * from jobs where question is not null"
                        + " order by position desc limit " + LATEST + ") j"
                        + " join crash_jobs c on c.job_id = (j.question ->> 'job')::uuid and c.crash_id = ?"
                        + " order by j.position desc")
                .param(crash)
                .query((row, number) -> job(row))
                .list();
    }

    /** Whether a job that asks does so about one which met the crash. */
    boolean isAbout(UUID job, UUID crash) {
        return database.sql("select exists (select 1 from jobs j join crash_jobs c"
                        + " on c.job_id = (j.question ->> 'job')::uuid where j.id = ? and c.crash_id = ?)")
                .params(job, crash)
                .query(Boolean.class)
                .single();
    }

    private static CrashView.FixJob job(ResultSet row) throws SQLException {
        long failures = row.getLong("failures");
        long iterations = row.getLong("iterations");
        long needed = row.getLong("needed");
        return new CrashView.FixJob(
                row.getObject("id", UUID.class),
                row.getString("name"),
                FixVerdict.of(failures, iterations, needed),
                failures,
                iterations,
                needed);
    }
}
