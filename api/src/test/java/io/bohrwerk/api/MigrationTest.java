package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class MigrationTest {
    @Test
    void fromAnEmptyDatabaseToTheNewestAndNoFurther() throws Exception {
        String url = Servers.freshDatabase("migration");
        Flyway flyway = Flyway.configure().dataSource(url, "postgres", "").load();
        assertThat(flyway.migrate().success).isTrue();
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        TreeSet<String> tables = new TreeSet<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select table_name from information_schema.tables where table_schema = 'public'")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        assertThat(tables)
                .containsExactlyInAnyOrder(
                        "access_tokens",
                        "arms",
                        "artifacts",
                        "batches",
                        "comparisons",
                        "crash_changes",
                        "crash_frames",
                        "crash_jobs",
                        "crash_signatures",
                        "crash_targets",
                        "crashes",
                        "dead_letters",
                        "failure_hours",
                        "failures",
                        "flyway_schema_history",
                        "infrastructure_troubles",
                        "job_samples",
                        "jobs",
                        "outbox",
                        "replay_artifacts",
                        "replays",
                        "report_key",
                        "retired_blobs",
                        "target_checks",
                        "targets",
                        "totals",
                        "traces",
                        "trail",
                        "workers");
    }

    /** Who began with the first schema keeps what they have, and can go on with it. */
    @Test
    void fromTheFirstSchemaWithDataToTheNewest() throws Exception {
        String url = Servers.freshDatabase("migration_with_data");
        Flyway.configure().dataSource(url, "postgres", "").target("1").load().migrate();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(FIRST_DATA);
            assertThat(Flyway.configure()
                            .dataSource(url, "postgres", "")
                            .outOfOrder(true)
                            .load()
                            .migrate()
                            .success)
                    .isTrue();
            assertThat(row(statement, "select state, iterations, failures, keep_checkpoints, remainders from jobs"))
                    .isEqualTo("COMPLETED, 15, 1, t, []");
            assertThat(row(statement, "select count(*), sum(iterations_run), sum(arm) from batches"))
                    .isEqualTo("3, 15, 1");
            assertThat(row(
                            statement,
                            "select string_agg(number || ':' || iterations || ':' || failures, ' ' order by number)"
                                    + " from arms"))
                    .isEqualTo("0:10:0 1:5:1");
            assertThat(row(statement, "select state, failures, verified from crashes"))
                    .isEqualTo("OPEN, 1, 1");
            assertThat(row(statement, "select sum(failures) from crash_jobs")).isEqualTo("1");
            assertThat(row(statement, "select failures from failure_hours")).isEqualTo("1");
            assertThat(row(statement, "select title, artifacts_removed_at, checkpoints from failures"))
                    .isEqualTo("null, null, []");
            assertThat(row(statement, "select work_id from outbox")).isEqualTo("00000000-0000-0000-0000-0000000000b3");
        }
    }

    private static String row(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                columns.add(String.valueOf(rows.getString(i)));
            }
            assertThat(rows.next()).isFalse();
            return String.join(", ", columns);
        }
    }

    /** A job of two shifts that has found something, and one message that is still to be sent. */
    private static final String FIRST_DATA = """
        insert into targets (id, version, name, manifest, files, created_at)
        values (repeat('a', 64), 0, 't', 'name: t', '[]', '2026-01-01T00:00Z');
        insert into jobs (id, version, name, target_id, target_name, strategy, iteration_budget, stop_after_failures,
            iterations_per_batch, report_every, timer_period_nanos, state, stop_reason, iterations, failures, batches_created,
            batches_completed, created_at, finished_at)
        values ('00000000-0000-0000-0000-000000000001', 3, 'j', repeat('a', 64), 't',
            '{"kind": "random", "shifts": [4, 6], "seed": 1}', 20, 1, 10, 1, 1000000, 'COMPLETED', 'FAILURES', 15, 1, 3, 2,
            '2026-01-01T00:00Z', '2026-01-01T00:01Z');
        insert into batches (id, version, job_id, number, attempt, state, schedule, iterations, iterations_run, queued_at)
        values ('00000000-0000-0000-0000-0000000000b1', 1, '00000000-0000-0000-0000-000000000001', 0, 1, 'COMPLETED',
                '{"shift": 4}', 10, 10, '2026-01-01T00:00Z'),
               ('00000000-0000-0000-0000-0000000000b2', 1, '00000000-0000-0000-0000-000000000001', 1, 1, 'COMPLETED',
                '{"shift": 6}', 10, 5, '2026-01-01T00:00Z'),
               ('00000000-0000-0000-0000-0000000000b3', 1, '00000000-0000-0000-0000-000000000001', 2, 1, 'WITHDRAWN',
                '{"shift": 4}', 10, null, '2026-01-01T00:00Z');
        insert into crashes (id, version, signature, title, outcome, failures, first_seen, last_seen)
        values ('00000000-0000-0000-0000-0000000000c1', 0, 's', 'it broke', 'FAILED', 1, '2026-01-01T00:00:30Z',
            '2026-01-01T00:00:30Z');
        insert into failures (id, version, job_id, batch_id, crash_id, attempt, worker_id, iteration, outcome, reason,
            instruction_count, report, replay, replay_note, coordinates, occurred_at)
        values ('00000000-0000-0000-0000-0000000000f1', 0, '00000000-0000-0000-0000-000000000001',
            '00000000-0000-0000-0000-0000000000b2', '00000000-0000-0000-0000-0000000000c1', 1, 'w', 5, 'FAILED', 'it broke',
            1000, '', 'VERIFIED', '', '{}', '2026-01-01T00:00:30Z');
        insert into outbox (topic, key, payload, job_id, batch_id, due_at)
        values ('bohrwerk.batches', 'k', 'x', '00000000-0000-0000-0000-000000000001',
            '00000000-0000-0000-0000-0000000000b3', '2026-01-01T00:00Z');
        """;
}
