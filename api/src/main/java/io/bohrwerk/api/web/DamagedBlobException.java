package io.bohrwerk.api.web;

import java.io.IOException;

/** The store gave other bytes for a digest than it was given. */
public class DamagedBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedBlobException(String message) {
        super(message);
    }
}
