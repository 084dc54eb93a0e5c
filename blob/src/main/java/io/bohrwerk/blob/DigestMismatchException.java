package io.bohrwerk.blob;

import java.io.IOException;

/** Bytes that are others than their digest says. */
public final class DigestMismatchException extends IOException {
    private static final long serialVersionUID = 1L;

    public DigestMismatchException(String message) {
        super(message);
    }
}
