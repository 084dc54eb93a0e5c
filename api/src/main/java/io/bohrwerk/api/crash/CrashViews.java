package io.bohrwerk.api.crash;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Adds to crashes what the jobs know that met them: two more queries for a page, however long it is. */
@Component
public class CrashViews {
    private final JdbcClient database;
    private final FixJobs fixJobs;

    CrashViews(JdbcClient database, FixJobs fixJobs) {
        this.database = database;
        this.fixJobs = fixJobs;
    }

    private static final class Met {
        private final Map<String, CrashView.SeenOn> targets = new LinkedHashMap<>();
        private long iterations;
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
            database.sql("""
                    select c.crash_id, j.target_id, j.target_name, sum(j.iterations) as iterations
                    from crash_jobs c join jobs j on j.id = c.job_id where c.crash_id in (:ids)
                    group by c.crash_id, j.target_id, j.target_name order by j.target_name""").param("ids", met.keySet()).query(row -> {
                Met of = met.get(row.getObject("crash_id", UUID.class));
                if (of != null) {
                    String target = row.getString("target_id");
                    of.targets.put(target, new CrashView.SeenOn(target, row.getString("target_name")));
                    of.iterations += row.getLong("iterations");
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
                            List.copyOf(of.targets.values()),
                            of.iterations);
                })
                .toList();
    }
}
