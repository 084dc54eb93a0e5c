package io.bohrwerk.mergedlog.elf;

import java.io.IOException;

/** A file that is to hold symbols breaks the format's rules. */
public final class MalformedElfException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedElfException(String message) {
        super("no symbols can be read from this ELF file: " + message);
    }
}
