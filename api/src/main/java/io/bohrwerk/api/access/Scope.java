package io.bohrwerk.api.access;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** How much a caller may do. Each includes those before it. */
public enum Scope {
    /** Read the metrics and nothing else: what a scraper needs. */
    METRICS,
    /** Look at everything, artifacts too. */
    READ,
    /** Upload targets, submit and cancel jobs, order replays, decide about crashes. */
    SUBMIT,
    /** Tokens, audit. */
    ADMIN;

    /** As issuers of other tokens write it: {@code bohrwerk:read}. */
    String authority() {
        return "bohrwerk:" + word();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Collection<GrantedAuthority> authorities() {
        return Arrays.stream(values())
                .filter(scope -> scope.compareTo(this) <= 0)
                .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(scope.authority()))
                .toList();
    }

    static Scope parse(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("scope", word, "must be metrics, read, submit or admin"));
    }

    /** The largest of those that are named. */
    static Optional<Scope> largest(Collection<String> authorities) {
        return List.of(ADMIN, SUBMIT, READ, METRICS).stream()
                .filter(scope -> authorities.contains(scope.authority()))
                .findFirst();
    }
}
