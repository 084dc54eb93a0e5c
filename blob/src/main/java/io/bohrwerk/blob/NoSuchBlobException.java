package io.bohrwerk.blob;

import java.io.IOException;

/** A blob that is not in the store. */
public final class NoSuchBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSuchBlobException(String message) {
        super(message);
    }
}
