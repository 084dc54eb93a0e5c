package io.bohrwerk.api.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/**
 * Where a request carries its token: programs in the {@code Authorization} header, the page in a cookie, because neither a link to a
 * download nor an event stream can send a header. The cookie counts only where there is something to protect, so that one that has
 * expired does not keep the page itself from loading.
 */
final class Credentials implements BearerTokenResolver {
    static final String COOKIE = "bohrwerk-session";

    private static final List<String> PROTECTED = List.of("/api/", "/openapi", "/actuator/");

    private static final List<String> PROBES = List.of("/actuator/health/liveness", "/actuator/health/readiness");

    private final BearerTokenResolver header = new DefaultBearerTokenResolver();

    @Override
    public @Nullable String resolve(HttpServletRequest request) {
        String path = request.getRequestURI();
        if (PROBES.contains(path)) {
            return null; // they are answered at once, and whose a token is would be asked of a database that may hang
        }
        String token = header.resolve(request);
        if (token != null) {
            return token;
        }
        boolean signing = path.equals(Session.PATH) && !request.getMethod().equals("GET");
        if (signing || PROTECTED.stream().noneMatch(path::startsWith)) {
            return null;
        }
        Cookie[] cookies = request.getCookies();
        return (cookies == null ? Stream.<Cookie>empty() : Arrays.stream(cookies))
                .filter(cookie -> cookie.getName().equals(COOKIE))
                .map(Cookie::getValue)
                .filter(Objects::nonNull)
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(null);
    }
}
