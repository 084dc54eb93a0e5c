package io.bohrwerk.emulator;

import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import org.jspecify.annotations.Nullable;

/**
 * Trouble with the machinery around a test. Says nothing about the test, and is never the way in which a failing iteration is told.
 */
public final class InfrastructureException extends Exception {
    private static final long serialVersionUID = 1L;

    private final InfrastructureTrouble kind;

    public InfrastructureException(InfrastructureTrouble kind, String message) {
        this(kind, message, null);
    }

    public InfrastructureException(InfrastructureTrouble kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public InfrastructureTrouble kind() {
        return kind;
    }
}
