package io.bohrwerk.api.worker;

import io.bohrwerk.api.web.Page;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        database.sql("select id, failure_id, mode from replays where id = any(?)")
                .param(listed.stream()
                        .flatMap(worker -> worker.running().stream())
                        .filter(work -> work.is(ReplayRequest.KIND))
                        .map(RunningWork::id)
                        .toArray(UUID[]::new))
                .query(row -> {
                    UUID id = row.getObject("id", UUID.class);
                    UUID failure = row.getObject("failure_id", UUID.class);
                    replays.put(id, new WorkerView.Replaying(id, failure, row.getString("mode")));
                });
        return new Page<>(listed, null).map(worker -> WorkerView.from(worker, fleet.alive(worker), replays));
    }
}
