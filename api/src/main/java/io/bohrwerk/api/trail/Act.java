package io.bohrwerk.api.trail;

import io.bohrwerk.api.access.Caller;
import io.bohrwerk.api.web.RequestDocument;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;

/**
 * What a request changes, as the trail has it. Derived from the request's address, so that whoever adds an address need not think of the
 * trail: {@code POST /api/v1/jobs/{id}/cancel} is {@code jobs.cancel}, {@code POST /api/v1/jobs} {@code jobs.create}, {@code DELETE
 * /api/v1/tokens/{id}} {@code tokens.delete}.
 */
record Act(
        Instant at,
        String name,
        @Nullable String subject,
        String caller,
        @Nullable String callerId,
        String address,
        @Nullable String detail) {
    private static final String ROOT = "/api/v1/";
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    /** Signing in changes nothing; an upload's pieces are nothing until a target takes them. */
    private static final List<String> UNTRACED = List.of(ROOT + "session", ROOT + "uploads");
    /** Of a body: long enough for every decision about a crash, short enough for a million rows. */
    private static final int LONGEST_DETAIL = 2_000;

    private static final int LONGEST_CALLER = 200;
    private static final String CUT = " ...";

    /** The act that this thread's request is, once it has been let in and matched to its handler. */
    static Optional<Act> current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? of(attributes.getRequest())
                : Optional.empty();
    }

    static Optional<Act> of(HttpServletRequest request) {
        if (HARMLESS.contains(request.getMethod())
                || !(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String pattern)
                || !pattern.startsWith(ROOT)
                || UNTRACED.stream().anyMatch(pattern::startsWith)) {
            return Optional.empty();
        }
        Optional<Caller> caller = Caller.current();
        return Optional.of(new Act(
                Instant.now().truncatedTo(ChronoUnit.MICROS),
                name(request.getMethod(), pattern),
                subject(request),
                caller.map(known -> cut(known.name(), LONGEST_CALLER)).orElse("nobody"),
                caller.map(Caller::id).map(id -> cut(id, LONGEST_CALLER)).orElse(null),
                request.getRemoteAddr(),
                detail(request)));
    }

    static String name(String method, String pattern) {
        List<String> words = Arrays.stream(pattern.substring(ROOT.length()).split("/"))
                .filter(word -> !word.isEmpty() && !word.startsWith("{"))
                .toList();
        String path = words.stream().collect(Collectors.joining("."));
        if (method.equals("POST")) {
            return words.size() > 1 ? path : path + ".create";
        }
        return path + "." + (method.equals("DELETE") ? "delete" : "change");
    }

    private static @Nullable String subject(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                        && variables.get("id") instanceof String id
                ? cut(id, LONGEST_CALLER)
                : null;
    }

    /** What was said besides the address: the document, or the query. */
    private static @Nullable String detail(HttpServletRequest request) {
        if (request.getAttribute(RequestDocument.TEXT) instanceof String document) {
            return cut(document, LONGEST_DETAIL);
        }
        String query = request.getQueryString();
        return query == null ? null : cut(query, LONGEST_DETAIL);
    }

    /** Without characters that PostgreSQL does not store. */
    private static String cut(String text, int longest) {
        String storable = text.replace('\0', '\ufffd');
        return storable.length() <= longest ? storable : storable.substring(0, longest) + CUT;
    }
}
