package io.bohrwerk.emulator.qemu;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where QEMU's programs are: on the {@code PATH}, in a directory, or one program that serves a single architecture.
 *
 * @param place a directory or a program, absolute; null for the {@code PATH}
 */
public record Installation(@Nullable Path place) {
    /** What {@link #of} takes for the one on the {@code PATH}. */
    private static final String WORD = "system";

    /** The one on the {@code PATH}. */
    public static final Installation SYSTEM = new Installation(null);

    /**
     * Reads a setting.
     *
     * @param text {@code system}, a directory that holds {@code qemu-system-i386}, {@code qemu-system-x86_64} or both, or a program whose
     *     name begins with one of these
     * @throws InvalidInputException when it is neither
     */
    public static Installation of(String field, String text) {
        if (text.equals(WORD)) {
            return SYSTEM;
        }
        Path place = Path.of(text);
        boolean program = Files.isRegularFile(place)
                && String.valueOf(place.getFileName()).startsWith("qemu-system-");
        InvalidInputException.require(
                place.isAbsolute() && (program || Files.isDirectory(place)),
                field,
                text,
                "must be 'system', or the absolute path of a directory with QEMU's programs or of one such program");
        return new Installation(place);
    }

    /**
     * The program of a name, for a command line.
     *
     * @return a path, or the name itself where the {@code PATH} decides
     * @throws IOException when this installation does not have it
     */
    String program(String name) throws IOException {
        Path here = place;
        if (here == null || name.contains("/")) {
            return name;
        }
        Path program = Files.isDirectory(here)
                ? here.resolve(name)
                : String.valueOf(here.getFileName()).startsWith(name) ? here : null;
        if (program == null || !Files.isExecutable(program)) {
            throw new IOException("there is no " + name + " in " + here);
        }
        return program.toString();
    }

    @Override
    public String toString() {
        return place == null ? WORD : place.toString();
    }
}
