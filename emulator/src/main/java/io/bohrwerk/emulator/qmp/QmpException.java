package io.bohrwerk.emulator.qmp;

import java.io.IOException;

/** The emulator refused a command, did not answer in time, or is gone. */
public final class QmpException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean gone;

    public QmpException(String message) {
        this(message, false);
    }

    private QmpException(String message, boolean gone) {
        super(message);
        this.gone = gone;
    }

    /** What was asked of an emulator that will not answer any more. */
    static QmpException gone(String message) {
        return new QmpException(message, true);
    }

    /** The same, with how the emulator ended. */
    public QmpException because(String end) {
        QmpException explained = new QmpException(getMessage() + ": " + end, gone);
        explained.initCause(this);
        return explained;
    }

    /** Whether the emulator answers no more: it has ended, or is about to. */
    public boolean isGone() {
        return gone;
    }
}
