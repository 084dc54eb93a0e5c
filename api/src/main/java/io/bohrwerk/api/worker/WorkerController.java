package io.bohrwerk.api.worker;

import io.bohrwerk.api.web.Page;
import java.time.Duration;
import java.time.Instant;
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

    WorkerController(Workers workers, Fleet fleet) {
        this.workers = workers;
        this.fleet = fleet;
    }

    @GetMapping
    Page<WorkerView> list() {
        return new Page<>(workers.listed(Instant.now().minus(SHOWN)), null)
                .map(worker -> WorkerView.from(worker, fleet.alive(worker)));
    }
}
