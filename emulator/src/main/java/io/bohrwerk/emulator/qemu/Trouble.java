package io.bohrwerk.emulator.qemu;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** What kind of trouble an exception is. */
public final class Trouble {
    private Trouble() {}

    /** @param what could not be done */
    public static InfrastructureException of(String what, Exception e) {
        if (e instanceof InfrastructureException known) {
            return known;
        }
        String message = String.valueOf(e.getMessage());
        InfrastructureTrouble kind = InfrastructureTrouble.INTERNAL;
        if (message.toLowerCase(Locale.ROOT).contains("no space left on device")) {
            kind = InfrastructureTrouble.DISK_FULL;
        } else if (e instanceof QmpException) {
            kind = InfrastructureTrouble.EMULATOR_DIED;
        } else if (e instanceof NoSuchFileException) {
            kind = InfrastructureTrouble.BLOB_MISSING;
        }
        return new InfrastructureException(kind, what + ": " + message, e);
    }
}
