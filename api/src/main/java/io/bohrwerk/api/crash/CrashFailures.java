package io.bohrwerk.api.crash;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The failures of crashes, when they change their crash. For who holds the locks of the crashes concerned. */
@Component
class CrashFailures {
    private static final String SUM =
            "select count(*) as failures, count(*) filter (where replay = 'VERIFIED') as verified,"
                    + " min(occurred_at) as first_seen, max(occurred_at) as last_seen from failures where crash_id = :crash";

    private final JdbcClient database;

    CrashFailures(JdbcClient database) {
        this.database = database;
    }

    /**
     * Some failures of a crash.
     *
     * @param signature all that have it; null for the ids alone
     * @param sum zero failures when there are none
     * @param frames the stack of one of them; empty when none has one
     */
    record Chosen(UUID crash, @Nullable String signature, List<UUID> ids, Crash.Sum sum, List<String> frames) {
        private static String condition(@Nullable String signature) {
            return signature == null ? " and id in (:ids)" : " and signature = :signature";
        }
    }

    /** @param signature null to go by the ids */
    Chosen choose(UUID crash, @Nullable String signature, List<UUID> ids) {
        Chosen all = new Chosen(crash, signature, ids, NOTHING, List.of());
        List<String> frames = chosen(
                        "select frame from (select frames from failures where crash_id = :crash and frames <> '[]'"
                                + Chosen.condition(signature)
                                + " limit 1) f, jsonb_array_elements_text(f.frames) with ordinality as each (frame, place)"
                                + " order by place",
                        all)
                .query(String.class)
                .list();
        return new Chosen(crash, signature, ids, sum(chosen(SUM + Chosen.condition(signature), all)), frames);
    }

    private static final Crash.Sum NOTHING = new Crash.Sum(0, 0, Instant.EPOCH, Instant.EPOCH);

    private static Crash.Sum sum(JdbcClient.StatementSpec query) {
        return query.query((row, number) -> row.getLong("failures") == 0
                        ? NOTHING
                        : new Crash.Sum(
                                row.getLong("failures"),
                                row.getLong("verified"),
                                row.getObject("first_seen", OffsetDateTime.class)
                                        .toInstant(),
                                row.getObject("last_seen", OffsetDateTime.class).toInstant()))
                .single();
    }

    /** What a crash has now. */
    Crash.Sum sum(UUID crash) {
        return sum(database.sql(SUM).param("crash", crash));
    }

    void move(Chosen chosen, UUID to) {
        chosen(
                        "insert into crash_jobs (crash_id, job_id, failures)"
                                + " select cast(:to as uuid), job_id, count(*) from failures where crash_id = :crash"
                                + Chosen.condition(chosen.signature()) + " group by job_id"
                                + " on conflict (crash_id, job_id) do update set failures = crash_jobs.failures + excluded.failures",
                        chosen)
                .param("to", to)
                .update();
        chosen(
                        "update failures set crash_id = :to where crash_id = :crash"
                                + Chosen.condition(chosen.signature()),
                        chosen)
                .param("to", to)
                .update();
        database.sql("delete from crash_jobs j where crash_id = :crash and not exists"
                        + " (select 1 from failures f where f.crash_id = j.crash_id and f.job_id = j.job_id)")
                .param("crash", chosen.crash())
                .update();
        database.sql("update crash_jobs j set failures = f.failures from"
                        + " (select job_id, count(*) as failures from failures where crash_id = :crash group by job_id) f"
                        + " where j.crash_id = :crash and j.job_id = f.job_id")
                .param("crash", chosen.crash())
                .update();
    }

    void moveAll(UUID from, UUID to) {
        database.sql(
                        "insert into crash_jobs (crash_id, job_id, failures)"
                                + " select cast(:to as uuid), job_id, failures from crash_jobs where crash_id = :from"
                                + " on conflict (crash_id, job_id) do update set failures = crash_jobs.failures + excluded.failures")
                .param("from", from)
                .param("to", to)
                .update();
        database.sql("delete from crash_jobs where crash_id = ?").param(from).update();
        database.sql("update failures set crash_id = ? where crash_id = ?")
                .params(to, from)
                .update();
    }

    private JdbcClient.StatementSpec chosen(String sql, Chosen chosen) {
        JdbcClient.StatementSpec query = database.sql(sql).param("crash", chosen.crash());
        String signature = chosen.signature();
        return signature == null ? query.param("ids", chosen.ids()) : query.param("signature", signature);
    }
}
