package io.bohrwerk.api.audit;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.time.Duration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/audit")
class AuditController {
    private static final String A_DAY = "86400";
    private static final long A_YEAR = 366L * 24 * 60 * 60;

    private final Audit audit;

    AuditController(Audit audit) {
        this.audit = audit;
    }

    /** Looks, and changes nothing. Reads every row and lists the whole store. @param grace in seconds, and {@code content}: see {@link Audit#run} */
    @GetMapping
    AuditReport look(
            @RequestParam(defaultValue = A_DAY) long grace, @RequestParam(defaultValue = "false") boolean content)
            throws IOException {
        return audit.run(checked(grace), false, content);
    }

    /** Looks, and deletes orphans. */
    @PostMapping("/repair")
    AuditReport repair(
            @RequestParam(defaultValue = A_DAY) long grace, @RequestParam(defaultValue = "false") boolean content)
            throws IOException {
        return audit.run(checked(grace), true, content);
    }

    private static Duration checked(long grace) {
        InvalidInputException.require(
                grace >= 0 && grace <= A_YEAR, "grace", grace, "must be between 0 and " + A_YEAR + " seconds");
        return Duration.ofSeconds(grace);
    }
}
