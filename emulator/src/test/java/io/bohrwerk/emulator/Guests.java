package io.bohrwerk.emulator;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The targets that the build made for the tests. */
public final class Guests {
    private Guests() {}

    /** The demo target. */
    public static TargetFiles demo() throws IOException {
        return find("x86-debug-register-race");
    }

    /** A planted race, see {@code emulator/guest/races}. */
    static TargetFiles race(String name) throws IOException {
        return find(name);
    }

    /** A guest that goes wrong, see {@code misbehave.c}. */
    public static TargetFiles misbehaving(String how) throws IOException {
        return find(how);
    }

    /** A guest in a language of its own, see {@code foreign.S}. */
    static TargetFiles foreign(String variant) throws IOException {
        return find("foreign-" + variant);
    }

    /** A guest that is driven over its serial port, see {@code terminal.c}. */
    static TargetFiles terminal(String fifoControl) throws IOException {
        return find("terminal-" + fifoControl);
    }

    private static TargetFiles find(String name) throws IOException {
        URL manifest = Objects.requireNonNull(
                Guests.class.getResource("/guest/" + name + "/target.yaml"), "not built: " + name);
        try {
            return TargetFiles.in(
                    Path.of(Objects.requireNonNull(manifest.toURI())).resolveSibling("."));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
