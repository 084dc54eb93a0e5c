package io.bohrwerk.api.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What a request is about, as a field of every line that is logged meanwhile: {@code job}, {@code failure} and so on, with its id. */
@Component
class RequestFields implements HandlerInterceptor, WebMvcConfigurer {
    /** The first part of a path, and what it is about. */
    private static final Map<String, String> FIELDS = Map.of(
            "jobs", "job",
            "failures", "failure",
            "crashes", "crash",
            "targets", "target",
            "replays", "replay");

    private static final String ROOT = "/api/v1/";
    /** The longest id, a digest. */
    private static final int LONGEST = 64;

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String field = field(request);
        if (field != null
                && request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                && variables.get("id") instanceof String id
                && id.length() <= LONGEST) {
            MDC.put(field, id);
        }
        return true;
    }

    /** After the errors, too, were answered and logged. */
    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception e) {
        remove(request);
    }

    /** An event stream goes on without this thread. */
    private static void remove(HttpServletRequest request) {
        String field = field(request);
        if (field != null) {
            MDC.remove(field);
        }
    }

    private static @Nullable String field(HttpServletRequest request) {
        String path = request.getRequestURI();
        if (!path.startsWith(ROOT)) {
            return null;
        }
        int end = path.indexOf('/', ROOT.length());
        return end < 0 ? null : FIELDS.get(path.substring(ROOT.length(), end));
    }
}
