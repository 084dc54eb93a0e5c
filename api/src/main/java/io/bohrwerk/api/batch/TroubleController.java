package io.bohrwerk.api.batch;

import io.bohrwerk.api.web.Page;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/troubles")
class TroubleController {
    private final Troubles troubles;

    TroubleController(Troubles troubles) {
        this.troubles = troubles;
    }

    /** Attempts at batches that said nothing of their test, latest first; of a job, of a worker, or all. */
    @GetMapping
    Page<Troubles.Told> list(
            @RequestParam(required = false) @Nullable UUID job,
            @RequestParam(required = false) @Nullable String worker,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return troubles.page(job, worker, limit, cursor);
    }
}
