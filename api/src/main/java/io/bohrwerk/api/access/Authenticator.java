package io.bohrwerk.api.access;

import io.bohrwerk.api.ApiProperties;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.stereotype.Component;

/** Tells who a token's bearer is: by our own tokens, or by those of the issuer in {@code spring.security.oauth2.resourceserver.jwt}. */
@Component
class Authenticator implements AuthenticationManager {
    private final AuthenticationProvider own;
    private final @Nullable AuthenticationProvider issuers;
    private final String claim;

    Authenticator(TokenCheck check, ObjectProvider<JwtDecoder> decoder, ApiProperties properties) {
        this.own = new OpaqueTokenAuthenticationProvider(check);
        this.claim = properties.access().scopeClaim();
        JwtDecoder known = decoder.getIfAvailable();
        if (known == null) {
            this.issuers = null;
        } else {
            JwtAuthenticationProvider provider = new JwtAuthenticationProvider(known);
            provider.setJwtAuthenticationConverter(this::bearer);
            this.issuers = provider;
        }
    }

    @Override
    public Authentication authenticate(Authentication request) throws AuthenticationException {
        boolean ours = request instanceof BearerTokenAuthenticationToken bearer
                && bearer.getToken().startsWith(AccessToken.PREFIX);
        AuthenticationProvider provider = ours || issuers == null ? own : issuers;
        Authentication bearer = provider.authenticate(request);
        if (bearer == null) {
            throw new InvalidBearerTokenException("the token is of no kind that is known here");
        }
        return bearer;
    }

    private AbstractAuthenticationToken bearer(Jwt jwt) {
        Scope scope = Scope.largest(words(jwt.getClaim(claim))).orElse(null);
        String subject = Objects.requireNonNullElse(jwt.getSubject(), "?");
        String name = jwt.getClaims().get("preferred_username") instanceof String given ? given : subject;
        Caller caller =
                new Caller("oidc:" + jwt.getIssuer() + " " + subject, name, scope, null, null, jwt.getExpiresAt());
        OAuth2AccessToken token = new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER, jwt.getTokenValue(), jwt.getIssuedAt(), jwt.getExpiresAt());
        return new BearerTokenAuthentication(caller, token, List.copyOf(caller.getAuthorities()));
    }

    /** Scopes are one text with blanks (RFC 8693) or a list, by issuer. */
    private static Collection<String> words(@Nullable Object claim) {
        if (claim instanceof String text) {
            return Arrays.asList(text.split(" "));
        }
        return claim instanceof Collection<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
