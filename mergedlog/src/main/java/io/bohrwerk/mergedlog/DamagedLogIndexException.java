package io.bohrwerk.mergedlog;

import java.io.IOException;

/** An index, or the log that it belongs to, is not as it was written. The log as a whole can still be read. */
public final class DamagedLogIndexException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedLogIndexException(String message) {
        super(message);
    }

    DamagedLogIndexException(String message, Throwable cause) {
        super(message, cause);
    }
}
