package io.bohrwerk.api.retention;

import java.io.IOException;
import java.time.Instant;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/retention")
class RetentionController {
    private final Retention retention;

    RetentionController(Retention retention) {
        this.retention = retention;
    }

    /** What retention would take away now. Changes nothing. */
    @GetMapping
    RetentionReport plan() {
        return retention.plan(Instant.now());
    }

    /** Does now what is done every now and then anyway. */
    @PostMapping("/run")
    RetentionReport run() throws IOException {
        return retention.run(Instant.now());
    }
}
