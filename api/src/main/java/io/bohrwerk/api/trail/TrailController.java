package io.bohrwerk.api.trail;

import io.bohrwerk.api.web.Page;
import io.bohrwerk.protocol.InvalidInputException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/trail")
class TrailController {
    private final Trail trail;

    TrailController(Trail trail) {
        this.trail = trail;
    }

    /**
     * Who changed what, latest first.
     *
     * @param act {@code jobs.cancel}, or {@code jobs} for all that was done to jobs
     * @param subject id of what it was done to
     * @param caller name of a token or of an OIDC user
     * @param since no earlier, ISO 8601
     * @param until earlier, ISO 8601
     */
    @GetMapping
    Page<Trail.Entry> list(
            @RequestParam(required = false) @Nullable String act,
            @RequestParam(required = false) @Nullable String subject,
            @RequestParam(required = false) @Nullable String caller,
            @RequestParam(required = false) @Nullable String since,
            @RequestParam(required = false) @Nullable String until,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        InvalidInputException.require(
                act == null || act.matches("[a-z-]+(\\.[a-z-]+)*"),
                "act",
                act,
                "must be a name such as jobs.cancel, or its first part");
        return trail.page(
                new Trail.Filter(act, subject, caller, moment("since", since), moment("until", until)), limit, cursor);
    }

    private static @Nullable Instant moment(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidInputException(field, text, "must be a moment such as 2026-01-31T12:00:00Z");
        }
    }
}
