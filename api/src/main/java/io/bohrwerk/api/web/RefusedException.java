package io.bohrwerk.api.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A well-formed request that cannot be granted. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final @Nullable String field;

    public RefusedException(HttpStatus status, @Nullable String field, String message) {
        super(message);
        this.status = status;
        this.field = field;
    }

    HttpStatus status() {
        return status;
    }

    @Nullable
    String field() {
        return field;
    }
}
