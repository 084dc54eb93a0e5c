package io.bohrwerk.api.worker;

import io.bohrwerk.api.web.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/workers")
class WorkerController {
    /** A night's dead workers should be seen in the morning. */
    private static final Duration SHOWN = Duration.ofHours(24);

    private final Workers workers;
    private final Fleet fleet;
    private final JdbcClient database;

    WorkerController(Workers workers, Fleet fleet, JdbcClient database) {
        this.workers = workers;
        this.fleet = fleet;
        this.database = database;
    }

    @GetMapping
    Page<WorkerView> list() {
        List<Worker> listed = workers.listed(Instant.now().minus(SHOWN));
        Map<UUID, WorkerView.Replaying> replays = new HashMap<>();
        each(
                "select id, failure_id, mode from replays where id = any(?)",
                listed,
                Worker::replays,
                row -> replays.put(
                        row.getObject("id", UUID.class),
                        new WorkerView.Replaying(
                                row.getObject("id", UUID.class),
                                row.getObject("failure_id", UUID.class),
                                row.getString("mode"))));
        Map<UUID, WorkerView.Tracing> traces = new HashMap<>();
        each(
                "select id, job_id from traces where id = any(?)",
                listed,
                Worker::traces,
                row -> traces.put(
                        row.getObject("id", UUID.class),
                        new WorkerView.Tracing(row.getObject("id", UUID.class), row.getObject("job_id", UUID.class))));
        return new Page<>(listed, null).map(worker -> WorkerView.from(worker, fleet.alive(worker), replays, traces));
    }

    private void each(String sql, List<Worker> listed, Function<Worker, List<UUID>> ids, RowCallbackHandler row) {
        UUID[] all =
                listed.stream().flatMap(worker -> ids.apply(worker).stream()).toArray(UUID[]::new);
        if (all.length > 0) {
            database.sql(sql).param(all).query(row);
        }
    }
}
