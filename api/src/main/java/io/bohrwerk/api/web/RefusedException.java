package io.bohrwerk.api.web;

import io.bohrwerk.protocol.InvalidInputException;
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

    /** For input that is well-formed by itself, but not against what it is about. */
    public RefusedException(HttpStatus status, InvalidInputException cause) {
        super(cause.getMessage(), cause);
        this.status = status;
        this.field = cause.field();
    }

    HttpStatus status() {
        return status;
    }

    @Nullable
    String field() {
        return field;
    }
}
