package io.bohrwerk.server;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** What went wrong, in a line for people. */
public final class Explain {
    private Explain() {}

    public static String oneLine(Throwable thrown) {
        if (thrown instanceof FileSystemException file) {
            return file.getFile() + ": "
                    + (file.getReason() == null ? file.getClass().getSimpleName() : file.getReason());
        }
        boolean ours = thrown instanceof IOException
                || thrown instanceof InfrastructureException
                || thrown instanceof InvalidInputException;
        String message = thrown.getMessage();
        return ours && message != null ? message : thrown.toString();
    }

    /** The cause at the bottom: what a container's start failed of, below its own words. */
    public static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
