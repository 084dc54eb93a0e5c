package io.bohrwerk.api.crash;

import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.protocol.InvalidInputException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/crashes")
class CrashController {
    private final Crashes crashes;
    private final CrashList list;
    private final CrashViews views;
    private final CrashChange.History history;
    private final TransactionTemplate transaction;

    CrashController(
            Crashes crashes,
            CrashList list,
            CrashViews views,
            CrashChange.History history,
            TransactionTemplate transaction) {
        this.crashes = crashes;
        this.list = list;
        this.views = views;
        this.history = history;
        this.transaction = transaction;
    }

    /**
     * @param sort {@code created} (the default), {@code last-seen}, {@code first-seen}, {@code failures} or {@code title}
     * @param text part of the title
     */
    @GetMapping
    Page<CrashView> list(
            @RequestParam(required = false) @Nullable String sort,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        CrashList.Sort by = sort == null ? CrashList.Sort.CREATED : constant("sort", sort, CrashList.Sort.values());
        CrashState in = state == null ? null : constant("state", state, CrashState.values());
        Page<Crash> page = list.page(by, in, text, limit, cursor);
        return new Page<>(views.of(page.items()), page.next());
    }

    private static <E extends Enum<E>> E constant(String field, String word, E[] values) {
        String name = word.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values)
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        field,
                        word,
                        "must be one of "
                                + Arrays.toString(values)
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-')));
    }

    /** How many there are in each state, whatever a list shows. */
    @GetMapping("/counts")
    Map<CrashState, Long> counts() {
        return list.counts();
    }

    @GetMapping("/{id}")
    CrashView get(@PathVariable UUID id) {
        return crashes.findById(id).map(views::of).orElseThrow(() -> new NotFoundException("crash", id));
    }

    @GetMapping("/{id}/history")
    Page<CrashChange> history(@PathVariable UUID id) {
        get(id);
        return new Page<>(history.of(id), null);
    }

    @PostMapping("/{id}/rename")
    CrashView rename(@PathVariable UUID id, @RequestBody CrashRequest.Rename request) {
        transaction.executeWithoutResult(status -> {
            Crash crash = lock(id);
            String before = crash.title();
            if (!before.equals(request.title())) {
                crash.rename(request.title());
                add(id, CrashChange.Kind.RENAMED, before, request.title(), request.note());
            }
        });
        return get(id);
    }

    /** Marking it as what it is already changes nothing. */
    @PostMapping("/{id}/mark")
    CrashView mark(@PathVariable UUID id, @RequestBody CrashRequest.Mark request) {
        UUID original = request.duplicateOf();
        if (original != null) {
            InvalidInputException.require(
                    !original.equals(id) && crashes.existsById(original),
                    "duplicateOf",
                    original,
                    "must be the id of another crash");
        }
        transaction.executeWithoutResult(status -> {
            Crash crash = lock(id);
            String before = words(crash.state(), crash.duplicateOf());
            String after = words(request.state(), original);
            if (!before.equals(after)) {
                crash.mark(request.state(), original);
                add(id, CrashChange.Kind.MARKED, before, after, request.note());
            }
        });
        return get(id);
    }

    private static String words(CrashState state, @Nullable UUID original) {
        return original == null ? state.name() : state + " of " + original;
    }

    private void add(UUID crash, CrashChange.Kind kind, String before, String after, @Nullable String note) {
        history.add(crash, new CrashChange(kind, before, after, note == null ? "" : note.strip(), Instant.now()));
    }

    private Crash lock(UUID id) {
        return crashes.lock(id).orElseThrow(() -> new NotFoundException("crash", id));
    }
}
