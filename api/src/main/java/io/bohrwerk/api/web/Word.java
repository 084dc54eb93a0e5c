package io.bohrwerk.api.web;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;

/** Constants as addresses have them: small letters, with hyphens. */
public final class Word {
    private Word() {}

    /**
     * @param field that it was given for
     * @param allowed what it may stand for
     * @throws InvalidInputException naming these when it is none of them
     */
    public static <E extends Enum<E>> E constant(String field, String word, E[] allowed) {
        String name = word.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(allowed)
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        field,
                        word,
                        "must be one of "
                                + Arrays.toString(allowed)
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-')));
    }
}
