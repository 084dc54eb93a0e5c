package io.bohrwerk.api.crash;

import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/crashes")
class CrashController {
    private final Crashes crashes;

    CrashController(Crashes crashes) {
        this.crashes = crashes;
    }

    @GetMapping
    Page<CrashView> list(
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return Page.of(limit, cursor, crashes::below, Crash::position).map(CrashView::from);
    }

    @GetMapping("/{id}")
    CrashView get(@PathVariable UUID id) {
        return crashes.findById(id).map(CrashView::from).orElseThrow(() -> new NotFoundException("crash", id));
    }
}
