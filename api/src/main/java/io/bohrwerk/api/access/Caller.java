package io.bohrwerk.api.access;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;

/**
 * Who makes a request. Holds no secret.
 *
 * @param id under which limits count: {@code token:...} or {@code oidc:...}; null for everyone, where nobody has to say who they are
 * @param name for people
 * @param scope null for somebody who is known and may do nothing here
 * @param mostRunningJobs null for what the settings say
 * @param mostIterations null for what the settings say
 * @param expiresAt null where it does not
 */
public record Caller(
        @Nullable String id,
        String name,
        @Nullable Scope scope,
        @Nullable Integer mostRunningJobs,
        @Nullable Long mostIterations,
        @Nullable Instant expiresAt)
        implements OAuth2AuthenticatedPrincipal {
    /** On loopback, where no authentication is configured. */
    static final Caller EVERYONE = new Caller(null, "everyone", Scope.ADMIN, null, null, null);

    /** Who makes the request of this thread. */
    public static Optional<Caller> current() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return Map.of("sub", id == null ? name : id);
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
        return scope == null ? List.of() : scope.authorities();
    }
}
