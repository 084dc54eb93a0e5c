package io.bohrwerk.client;

import java.io.IOException;

/** The server refused, or there is none. The message is one for people. */
public final class ApiException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status HTTP's, or 0 when there was no answer */
    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
