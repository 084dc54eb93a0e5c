package io.bohrwerk.api.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses parameters that are no text: the server fails on bytes that are not UTF-8, and the database on null characters. */
final class ReadableQuery extends OncePerRequestFilter {
    private static final int HEX = 16;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String query = request.getQueryString();
        if (query == null || isText(query)) {
            chain.doFilter(request, response);
        } else {
            Refusal.send(
                    response,
                    HttpStatus.BAD_REQUEST,
                    "the query '" + query + "' is no text: it must be UTF-8 without null characters, percent-encoded");
        }
    }

    static boolean isText(String query) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(query.length());
        for (int i = 0; i < query.length(); i++) {
            char next = query.charAt(i);
            if (next != '%') {
                bytes.write(next);
                continue;
            }
            int high = i + 2 < query.length() ? Character.digit(query.charAt(i + 1), HEX) : -1;
            int low = i + 2 < query.length() ? Character.digit(query.charAt(i + 2), HEX) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0)) {
                return false;
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
