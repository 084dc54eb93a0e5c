package io.bohrwerk.emulator.qmp;

import java.io.IOException;

/** The emulator refused a command, did not answer in time, or is gone. */
public final class QmpException extends IOException {
    private static final long serialVersionUID = 1L;

    public QmpException(String message) {
        super(message);
    }
}
