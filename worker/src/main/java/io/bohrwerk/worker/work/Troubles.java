package io.bohrwerk.worker.work;

import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.blob.StoreFullException;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.util.Locale;

/** What kind of trouble an exception tells of. */
public final class Troubles {
    /** The last twenty lines of a console, and what is wrong. */
    public static final int LONGEST_MESSAGE = 4000;

    private Troubles() {}

    static InfrastructureTrouble kind(Exception e) {
        if (e instanceof InfrastructureException known) {
            return known.kind();
        }
        if (e instanceof StoreFullException || (e instanceof IOException && saysNoSpace(e))) {
            return InfrastructureTrouble.DISK_FULL;
        }
        if (e instanceof NoSuchBlobException || e instanceof DigestMismatchException) {
            return InfrastructureTrouble.BLOB_MISSING;
        }
        // Trouble with this host's own cache, other than a full disk, comes out the same way: its message names the
        // file.
        return e instanceof IOException ? InfrastructureTrouble.BLOB_STORE : InfrastructureTrouble.INTERNAL;
    }

    /** One line, bounded. */
    public static String message(Exception e) {
        String text = e instanceof InfrastructureException || e instanceof IOException ? e.getMessage() : e.toString();
        return line(text == null || text.isBlank() ? e.toString() : text, LONGEST_MESSAGE);
    }

    /** A text as one bounded line. */
    public static String line(String text, int longest) {
        String line = text.replaceAll("[\\p{Cntrl} ]+", " ").strip();
        return line.length() <= longest ? line : GuestText.start(line, longest - 1) + "…";
    }

    private static boolean saysNoSpace(Exception e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("no space left on device");
    }
}
