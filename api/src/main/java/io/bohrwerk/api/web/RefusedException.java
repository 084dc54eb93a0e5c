package io.bohrwerk.api.web;

import io.bohrwerk.protocol.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A well-formed request that cannot be granted. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final @Nullable String field;
    private final @Nullable Duration retryAfter;

    public RefusedException(HttpStatus status, @Nullable String field, String message) {
        super(message);
        this.status = status;
        this.field = field;
        this.retryAfter = null;
    }

    /** Of what may be granted later. @param retryAfter how long the client is asked to wait; whole seconds */
    public RefusedException(HttpStatus status, String message, Duration retryAfter) {
        super(message);
        this.status = status;
        this.field = null;
        this.retryAfter = retryAfter;
    }

    /** For input that is well-formed by itself, but not against what it is about. */
    public RefusedException(HttpStatus status, InvalidInputException cause) {
        super(cause.getMessage(), cause);
        this.status = status;
        this.field = cause.field();
        this.retryAfter = null;
    }

    HttpStatus status() {
        return status;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    @Nullable
    String field() {
        return field;
    }
}
