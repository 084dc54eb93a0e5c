package io.bohrwerk.api.crash;

import io.bohrwerk.api.signature.Signature;
import io.bohrwerk.api.signature.Stacks;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.RefusedException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Joins and divides groups, as people decide it. The work is linear in the failures that move, once; what is read later are sums. Whoever
 * changes where failures are holds the row locks of the crashes concerned, taken in the order of their ids.
 */
@Component
class CrashGroups {
    private final Crashes crashes;
    private final CrashSignatures signatures;
    private final CrashFailures failures;
    private final CrashChange.History history;

    CrashGroups(Crashes crashes, CrashSignatures signatures, CrashFailures failures, CrashChange.History history) {
        this.crashes = crashes;
        this.signatures = signatures;
        this.failures = failures;
        this.history = history;
    }

    /** Puts a crash into another one: its failures count there, and later ones go there. */
    @Transactional
    void merge(UUID into, CrashRequest.Merge request) {
        UUID from = request.crash();
        if (from.equals(into)) {
            throw refused(HttpStatus.UNPROCESSABLE_CONTENT, "crash", "a crash cannot go into itself");
        }
        Map<UUID, Crash> locked = lock(List.of(into, from));
        Crash stays = get(locked, into);
        Crash goes = get(locked, from);
        requireOwn(stays, "merge into that one");
        requireOwn(goes, "there is nothing left in it");
        if (stays.state() == CrashState.DUPLICATE) {
            throw refused(
                    HttpStatus.CONFLICT,
                    null,
                    "crash " + into + " is itself marked as a duplicate of " + stays.duplicateOf()
                            + ": merge into that one, or open this one again");
        }
        stays.take(goes.sum());
        goes.mergeInto(stays);
        failures.moveAll(from, into);
        signatures.move(from, into);
        add(into, CrashChange.Kind.MERGED, goes.title() + " (" + from + ")", stays.title(), request.note());
        add(from, CrashChange.Kind.MERGED, goes.title(), stays.title() + " (" + into + ")", request.note());
    }

    /** Takes a signature with its failures, or some failures, out of a crash. @return where they are */
    @Transactional
    UUID split(UUID from, CrashRequest.Split request) {
        UUID into = request.into();
        if (from.equals(into)) {
            throw refused(HttpStatus.UNPROCESSABLE_CONTENT, "into", "it is there already");
        }
        String signature = request.signature();
        UUID earlier = signature == null || into != null
                ? null
                : crashes.mergedInto(from, signature).map(Crash::id).orElse(null);
        UUID known = into == null ? earlier : into;
        Map<UUID, Crash> locked = lock(known == null ? List.of(from) : List.of(from, known));
        Crash source = get(locked, from);
        requireOwn(source, "split that one");
        List<UUID> ids = request.failures() == null ? List.of() : request.failures();
        CrashFailures.Chosen chosen = failures.choose(from, signature, ids);
        requireSome(source, chosen);
        Crash target = known == null ? founded(source, chosen) : taken(get(locked, known), chosen, from, into == null);
        failures.move(chosen, target.id());
        source.keep(failures.sum(from));
        if (signature != null) {
            signatures.move(signature, target.id());
        }
        String what = signature != null ? signature : ids.size() + (ids.size() == 1 ? " failure" : " failures");
        add(from, CrashChange.Kind.SPLIT, what, "to " + target.title() + " (" + target.id() + ")", request.note());
        add(target.id(), CrashChange.Kind.SPLIT, what, "from " + source.title() + " (" + from + ")", request.note());
        return target.id();
    }

    private Crash founded(Crash source, CrashFailures.Chosen chosen) {
        Signature signature = chosen.signature() == null ? null : Signature.ofKey(chosen.signature());
        Crash crash = crashes.saveAndFlush(new Crash(
                signature == null ? source.title() : signature.title(),
                signature == null ? source.outcome() : signature.outcome(),
                chosen.sum(),
                chosen.frames()));
        signatures.addFrames(crash.id(), Stacks.top(chosen.frames()));
        return crash;
    }

    /** @param comesBack whether it is one that had been merged */
    private static Crash taken(Crash target, CrashFailures.Chosen chosen, UUID from, boolean comesBack) {
        if (comesBack && target.merged() && from.equals(target.duplicateOf())) {
            target.separate(chosen.sum());
        } else {
            requireOwn(target, "split into that one");
            target.take(chosen.sum());
        }
        return target;
    }

    private void requireSome(Crash source, CrashFailures.Chosen chosen) {
        String signature = chosen.signature();
        long found = chosen.sum().failures();
        if (signature != null && (found == 0 || !signatures.crash(signature).equals(Optional.of(source.id())))) {
            throw refused(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "signature",
                    "crash " + source.id() + " has no failure with the signature '" + signature + "'");
        }
        if (signature == null && found < chosen.ids().size()) {
            throw refused(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "failures",
                    "only " + found + " of the " + chosen.ids().size() + " are failures of crash " + source.id());
        }
        if (found >= source.failures()) {
            throw refused(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    signature == null ? "failures" : "signature",
                    "these are all its failures: rename the crash, or merge it into another one");
        }
    }

    private Map<UUID, Crash> lock(Collection<UUID> ids) {
        Map<UUID, Crash> locked = new LinkedHashMap<>();
        for (UUID id : new TreeSet<>(ids)) {
            locked.put(id, crashes.lock(id).orElseThrow(() -> new NotFoundException("crash", id)));
        }
        return locked;
    }

    private static Crash get(Map<UUID, Crash> locked, UUID id) {
        Crash crash = locked.get(id);
        if (crash == null) {
            throw new IllegalStateException("crash " + id + " is not locked");
        }
        return crash;
    }

    private static void requireOwn(Crash crash, String rule) {
        if (crash.merged()) {
            throw refused(
                    HttpStatus.CONFLICT,
                    null,
                    "crash " + crash.id() + " was merged into crash " + crash.duplicateOf() + ": " + rule);
        }
    }

    private void add(UUID crash, CrashChange.Kind kind, String before, String after, @Nullable String note) {
        history.add(crash, new CrashChange(kind, before, after, note == null ? "" : note.strip(), Instant.now()));
    }

    private static RefusedException refused(HttpStatus status, @Nullable String field, String message) {
        return new RefusedException(status, field, message);
    }
}
