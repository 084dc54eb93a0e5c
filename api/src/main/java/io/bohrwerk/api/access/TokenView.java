package io.bohrwerk.api.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token as the API shows it.
 *
 * @param valid whether it opens anything now
 * @param token the secret, in the answer to the request that made it and nowhere else
 */
record TokenView(
        UUID id,
        String name,
        String scope,
        boolean valid,
        @Nullable Integer mostRunningJobs,
        @Nullable Long mostIterations,
        String createdBy,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant revokedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {
    static TokenView from(AccessToken token, @Nullable String secret, Instant now) {
        return new TokenView(
                token.id(),
                token.name(),
                token.scope().word(),
                token.validAt(now),
                token.mostRunningJobs(),
                token.mostIterations(),
                token.createdBy(),
                token.createdAt(),
                token.expiresAt(),
                token.revokedAt(),
                secret);
    }

    /** Without the secret: records are printed. */
    @Override
    public String toString() {
        return "TokenView[" + id + ", " + name + "]";
    }
}
