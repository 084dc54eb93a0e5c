package io.bohrwerk.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Who else uses this host, and what it means for them that we run. */
final class HostUsers {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final int FIELDS = 7;
    /** Debian's first number of a person; and the last but one, which is nobody's. */
    private static final int FIRST_PERSON = 1_000;

    private static final int NOBODY = 65_534;
    private static final int MOST_NAMED = 3;

    private HostUsers() {}

    /** What to tell who starts everything; empty when nobody else can log in here, or all is as it should be. */
    static Optional<String> warning(boolean tokens) throws IOException {
        if (!SecretFile.thisUser().getName().equals("root")) {
            return Optional.empty();
        }
        return warning(
                Files.exists(USERS) ? Files.readAllLines(USERS, StandardCharsets.ISO_8859_1) : List.of(), tokens);
    }

    /** @param users as in {@code /etc/passwd} */
    static Optional<String> warning(List<String> users, boolean tokens) {
        List<String> others = users.stream()
                .map(line -> line.split(":", -1))
                .filter(HostUsers::isPerson)
                .map(fields -> fields[0])
                .toList();
        if (others.isEmpty()) {
            return Optional.empty();
        }
        String who = others.size() <= MOST_NAMED
                ? String.join(", ", others)
                : others.size() + " users (" + String.join(", ", others.subList(0, MOST_NAMED)) + ", ...)";
        return Optional.of(
                tokens
                        ? "running as root on a host that " + who
                                + " can log in to: emulators run as users of their own,"
                                + " and a hole in QEMU or the kernel would still reach what root has here"
                        : "running as root without tokens on a host that " + who
                                + " can log in to: each of them can use"
                                + " this API as administrator, and so run kernels of their choice and delete everything."
                                + " Start with --tokens, or as an ordinary user");
    }

    private static boolean isPerson(String[] fields) {
        if (fields.length != FIELDS || !fields[2].matches("[0-9]{1,9}")) {
            return false;
        }
        int number = Integer.parseInt(fields[2]);
        return number >= FIRST_PERSON && number < NOBODY && !fields[6].matches(".*/(nologin|false)");
    }
}
