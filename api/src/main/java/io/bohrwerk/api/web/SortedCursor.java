package io.bohrwerk.api.web;

import io.bohrwerk.protocol.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a sorted list begins: after this one. To clients it is one opaque word.
 *
 * @param sort the order in which it means something
 * @param value of the sort column, as text
 * @param position tells apart what has the same value
 */
public record SortedCursor(String sort, String value, long position) {
    /** @param sort the order of the list that is asked for */
    public static SortedCursor parse(String sort, String text) {
        SortedCursor cursor = read(text);
        if (cursor == null || !cursor.sort.equals(sort)) {
            throw invalid(text);
        }
        return cursor;
    }

    private static @Nullable SortedCursor read(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\n", 3);
            return parts.length == 3 && parts[2].indexOf('\0') < 0
                    ? new SortedCursor(parts[0], parts[2], Long.parseLong(parts[1]))
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The value of a column of numbers. */
    public long number() {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw invalid(text());
        }
    }

    private static InvalidInputException invalid(String text) {
        return new InvalidInputException("cursor", text, "must be the 'next' of an earlier page of this list");
    }

    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((sort + "\n" + position + "\n" + value).getBytes(StandardCharsets.UTF_8));
    }
}
