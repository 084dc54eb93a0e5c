package io.bohrwerk.api.crash;

import io.bohrwerk.api.signature.Stacks;
import io.bohrwerk.api.statistics.FixVerdict;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.api.web.Word;
import io.bohrwerk.protocol.InvalidInputException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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
    private static final int MOST_SIMILAR = 20;

    private final Crashes crashes;
    private final CrashList list;
    private final CrashViews views;
    private final CrashGroups groups;
    private final CrashSignatures signatures;
    private final FixJobs fixJobs;
    private final CrashChange.History history;
    private final TransactionTemplate transaction;

    CrashController(
            Crashes crashes,
            CrashList list,
            CrashViews views,
            CrashGroups groups,
            CrashSignatures signatures,
            FixJobs fixJobs,
            CrashChange.History history,
            TransactionTemplate transaction) {
        this.crashes = crashes;
        this.list = list;
        this.views = views;
        this.groups = groups;
        this.signatures = signatures;
        this.fixJobs = fixJobs;
        this.history = history;
        this.transaction = transaction;
    }

    /**
     * @param sort {@code created} (the default), {@code last-seen}, {@code first-seen}, {@code failures} or {@code title}
     * @param target only those that were seen on it; its id
     * @param text part of the title
     */
    @GetMapping
    Page<CrashView> list(
            @RequestParam(required = false) @Nullable String sort,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String target,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        CrashList.Sort by =
                sort == null ? CrashList.Sort.CREATED : Word.constant("sort", sort, CrashList.Sort.values());
        CrashState in = state == null ? null : Word.constant("state", state, CrashState.values());
        Page<Crash> page = list.page(by, in, target, text, limit, cursor);
        return new Page<>(views.of(page.items()), page.next());
    }

    /** How many there are in each state, whatever a list shows. */
    @GetMapping("/counts")
    Map<CrashState, Long> counts() {
        return list.counts();
    }

    @GetMapping("/{id}")
    CrashView get(@PathVariable UUID id) {
        return views.of(find(id)).withSignatures(signatures.of(id));
    }

    private Crash find(UUID id) {
        return crashes.findById(id).orElseThrow(() -> new NotFoundException("crash", id));
    }

    /** Crashes whose stacks are alike, see {@link Stacks}: those that may be the same bug, for people to decide. */
    @GetMapping("/{id}/similar")
    Page<CrashView> similar(@PathVariable UUID id) {
        Crash crash = find(id);
        List<String> frames = crash.frames();
        List<Crash> alike = crashes.findAllById(signatures.withFrames(id, Stacks.top(frames))).stream()
                .filter(other -> Stacks.alike(frames, other.frames()))
                .sorted(Comparator.comparingInt((Crash other) -> -Stacks.common(frames, other.frames()))
                        .thenComparing(Crash::position))
                .limit(MOST_SIMILAR)
                .toList();
        return new Page<>(views.of(alike), null);
    }

    /** Jobs that ask whether it is fixed: those among the latest that ask anything. */
    @GetMapping("/{id}/fix-jobs")
    Page<CrashView.FixJob> fixJobs(@PathVariable UUID id) {
        find(id);
        return new Page<>(fixJobs.about(id), null);
    }

    /** Puts another crash into this one. */
    @PostMapping("/{id}/merge")
    CrashView merge(@PathVariable UUID id, @RequestBody CrashRequest.Merge request) {
        groups.merge(id, request);
        return get(id);
    }

    /** Takes something out of this crash. Answers with the one where it is now. */
    @PostMapping("/{id}/split")
    CrashView split(@PathVariable UUID id, @RequestBody CrashRequest.Split request) {
        return get(groups.split(id, request));
    }

    @GetMapping("/{id}/history")
    Page<CrashChange> history(@PathVariable UUID id) {
        find(id);
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
        UUID job = request.fixedBy();
        if (job != null) {
            requireAnswer(id, job);
        }
        transaction.executeWithoutResult(status -> {
            Crash crash = lock(id);
            if (crash.merged()) {
                throw new RefusedException(
                        HttpStatus.CONFLICT,
                        null,
                        "crash " + id + " was merged into crash " + crash.duplicateOf()
                                + ": split its signature out of that one");
            }
            String before = words(crash.state(), crash.duplicateOf(), crash.fixedBy());
            String after = words(request.state(), original, job);
            if (!before.equals(after)) {
                crash.mark(request.state(), original, job);
                add(id, CrashChange.Kind.MARKED, before, after, request.note());
            }
        });
        return get(id);
    }

    /** A job can only be named for a fix if it asked about this crash, and has not met it again. */
    private void requireAnswer(UUID crash, UUID job) {
        CrashView.FixJob answer = fixJobs.of(List.of(job)).get(job);
        if (answer == null || !fixJobs.isAbout(job, crash)) {
            throw new InvalidInputException(
                    "fixedBy",
                    job,
                    "must be the id of a job that asked \"is it fixed?\" of a job which met this crash");
        }
        if (answer.verdict() == FixVerdict.NOT_FIXED) {
            throw new RefusedException(
                    HttpStatus.CONFLICT, "fixedBy", "job " + job + " says that it is not fixed: it failed again");
        }
    }

    private static String words(CrashState state, @Nullable UUID original, @Nullable UUID job) {
        if (original != null) {
            return state + " of " + original;
        }
        return job == null ? state.name() : state + " by job " + job;
    }

    private void add(UUID crash, CrashChange.Kind kind, String before, String after, @Nullable String note) {
        history.add(crash, new CrashChange(kind, before, after, note == null ? "" : note.strip(), Instant.now()));
    }

    private Crash lock(UUID id) {
        return crashes.lock(id).orElseThrow(() -> new NotFoundException("crash", id));
    }
}
