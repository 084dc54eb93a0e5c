package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
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
                        "crash_jobs",
                        "crashes",
                        "dead_letters",
                        "failure_hours",
                        "failures",
                        "flyway_schema_history",
                        "infrastructure_troubles",
                        "jobs",
                        "outbox",
                        "replay_artifacts",
                        "replays",
                        "targets",
                        "workers");
    }
}
