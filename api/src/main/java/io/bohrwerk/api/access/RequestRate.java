package io.bohrwerk.api.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.bohrwerk.api.ApiProperties;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Bounds how many requests one caller makes: one token, or one address where there is none. Counted in this process alone: with several
 * APIs behind a balancer a caller may make as many more. An event stream is one request.
 */
final class RequestRate extends OncePerRequestFilter {
    /** Callers remembered at once; one that is forgotten begins anew with a full bucket. */
    private static final int MOST_CALLERS = 10_000;

    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();
    private final ApiProperties.Access settings;

    RequestRate(ApiProperties.Access settings) {
        this.settings = settings;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String caller = Caller.current().map(Caller::id).orElse(null);
        if (grants(caller == null ? "address:" + request.getRemoteAddr() : caller, response)) {
            chain.doFilter(request, response);
        }
    }

    /** Whether one more request is within the rate; if not, the refusal has been sent. */
    boolean grants(String caller, HttpServletResponse response) throws IOException {
        if (settings.requestsPerSecond() == 0) {
            return true;
        }
        Bucket bucket = buckets.get(caller, name -> bucket());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            return true;
        }
        long seconds = Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1;
        response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        Refusal.send(
                response,
                HttpStatus.TOO_MANY_REQUESTS,
                "more than " + settings.requestsPerSecond() + " requests per second; try again in " + seconds + " s");
        return false;
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(settings.burst())
                        .refillGreedy(settings.requestsPerSecond(), Duration.ofSeconds(1)))
                .build();
    }
}
