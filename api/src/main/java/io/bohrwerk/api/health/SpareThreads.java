package io.bohrwerk.api.health;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps some of the server's threads for questions about its health. All others wait, when the database hangs, for as long as it hangs: so
 * without these nobody could ask what is wrong.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SpareThreads extends OncePerRequestFilter {
    private static final int SPARE = 8;
    private static final String HEALTH = "/actuator/health";
    private static final String PROBLEM = """
            {"type":"about:blank","title":"Service Unavailable","status":503,\
            "detail":"all threads of this server wait for something that does not answer; /actuator/health says what"}""";

    private final Semaphore others;

    SpareThreads(@Value("${server.tomcat.threads.max}") int threads) {
        this.others = new Semaphore(Math.max(1, threads - SPARE));
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().startsWith(HEALTH);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!others.tryAcquire()) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.setContentType("application/problem+json");
            response.getWriter().write(PROBLEM);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            others.release();
        }
    }
}
