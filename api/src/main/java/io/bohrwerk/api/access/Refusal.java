package io.bohrwerk.api.access;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;

/** A refusal before any controller was asked, in the words of RFC 9457. */
final class Refusal {
    private Refusal() {}

    /** @param detail for people; what is not printable ASCII in it is not sent */
    static void send(HttpServletResponse response, HttpStatus status, String detail) throws IOException {
        response.setStatus(status.value());
        response.setContentType("application/problem+json");
        response.setCharacterEncoding("UTF-8");
        String safe = detail.replaceAll("[^ -~]|[\"\\\\]", "?");
        response.getWriter()
                .write("{\"title\":\"" + status.getReasonPhrase() + "\",\"status\":" + status.value() + ",\"detail\":\""
                        + safe + "\"}");
    }
}
