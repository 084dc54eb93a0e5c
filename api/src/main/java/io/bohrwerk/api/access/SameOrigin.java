package io.bohrwerk.api.access;

import io.bohrwerk.api.ApiProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps pages of other sites, open in the browser of someone who may use this API, from using it in their name. Such a page reaches
 * loopback. It may send forms and uploads without asking first, so a request must come from a page of this server or from no page at all,
 * unless it only follows a link; and its name may be made to point here (DNS rebinding), so the server must be called by a name that it knows.
 */
final class SameOrigin extends OncePerRequestFilter {
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final List<String> hosts;

    SameOrigin(ApiProperties properties) {
        this.hosts = properties.hosts();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String host = request.getHeader("Host");
        if (!known(host)) {
            Refusal.send(
                    response, HttpStatus.FORBIDDEN, "this server is not called '" + host + "'; see bohrwerk.api.hosts");
        } else if (fromElsewhere(request, host) && !(HARMLESS.contains(request.getMethod()) && isLink(request))) {
            Refusal.send(response, HttpStatus.FORBIDDEN, "a page of another site may not do this");
        } else {
            chain.doFilter(request, response);
        }
    }

    private boolean known(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(name) || hosts.contains(name);
    }

    /**
     * Whether a person followed a link to here. Anything else that another site's page fetches, it cannot read; but unrefused it would be
     * counted against the rate of the person's own page, since both come from the same address. Browsers that do not say what a request
     * is for send no {@code Sec-Fetch-Site} either, and name no origin when they fetch.
     */
    private static boolean isLink(HttpServletRequest request) {
        return "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"));
    }

    /** Browsers say where a page is from; programs say nothing. */
    private static boolean fromElsewhere(HttpServletRequest request, @Nullable String host) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return false;
        }
        try {
            return !String.valueOf(host).equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
