package io.bohrwerk.api.crash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Adds to crashes what the jobs know that met them: a few queries for a page, whose cost does not grow with the jobs. */
@Component
public class CrashViews {
    /** A crash may be met by every job of a year, and its rate of then is not its rate of now. */
    private static final int LATEST_JOBS = 20;

    private final JdbcClient database;
    private final FixJobs fixJobs;

    CrashViews(JdbcClient database, FixJobs fixJobs) {
        this.database = database;
        this.fixJobs = fixJobs;
    }

    private static final class Met {
        private final List<CrashView.SeenOn> targets = new ArrayList<>();
        private long failures;
        private long iterations;
        private @Nullable UUID latest;
    }

    public CrashView of(Crash crash) {
        return of(List.of(crash)).get(0);
    }

    public List<CrashView> of(List<Crash> crashes) {
        Map<UUID, CrashView.FixJob> fixed = fixJobs.of(crashes.stream()
                .map(Crash::fixedBy)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList());
        Map<UUID, Met> met = new LinkedHashMap<>();
        crashes.forEach(crash -> met.put(crash.id(), new Met()));
        if (!crashes.isEmpty()) {
            UUID[] ids = met.keySet().toArray(UUID[]::new);
            database.sql("""
                    select c.crash_id, t.id, t.name from crash_targets c join targets t on t.id = c.target_id
                    where c.crash_id = any(?) order by t.name""").param(ids).query(row -> {
                Met of = met.get(row.getObject("crash_id", UUID.class));
                if (of != null) {
                    of.targets.add(new CrashView.SeenOn(row.getString("id"), row.getString("name")));
                }
            });
            database.sql("""
                    select c.id, latest.failures, latest.iterations
                    from unnest(?) as c (id) cross join lateral (
                        select sum(m.failures) as failures, sum(j.iterations) as iterations
                        from (select job_id, failures from crash_jobs where crash_id = c.id order by position desc limit ?) m
                        join jobs j on j.id = m.job_id) latest""").param(ids).param(LATEST_JOBS).query(row -> {
                Met of = met.get(row.getObject("id", UUID.class));
                if (of != null) {
                    of.failures = row.getLong("failures");
                    of.iterations = row.getLong("iterations");
                }
            });
            // By the index of both, and no other: see Failures#ofCrash.
            database.sql("""
                    select c.id, latest.id as failure from unnest(?) as c (id) cross join lateral (
                        select f.id from failures f where (f.crash_id, f.position) <= (c.id, ?) and f.crash_id >= c.id
                        order by f.crash_id desc, f.position desc limit 1) latest""").param(ids).param(Long.MAX_VALUE).query(row -> {
                Met of = met.get(row.getObject("id", UUID.class));
                if (of != null) {
                    of.latest = row.getObject("failure", UUID.class);
                }
            });
        }
        return crashes.stream()
                .map(crash -> {
                    Met of = met.getOrDefault(crash.id(), new Met());
                    UUID job = crash.fixedBy();
                    return CrashView.from(
                            crash,
                            job == null ? null : fixed.get(job),
                            List.copyOf(of.targets),
                            of.failures,
                            of.iterations,
                            of.latest);
                })
                .toList();
    }
}
