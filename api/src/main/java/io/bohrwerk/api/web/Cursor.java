package io.bohrwerk.api.web;

import io.bohrwerk.protocol.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a page begins: below this position. To clients it is one opaque word.
 *
 * @param position exclusive; lists run from the newest down
 */
record Cursor(long position) {
    static final Cursor START = new Cursor(Long.MAX_VALUE);

    private static final Pattern SHAPE = Pattern.compile("p([0-9]{1,18})");

    static Cursor parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return START;
        }
        try {
            Matcher matcher = SHAPE.matcher(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII));
            if (matcher.matches()) {
                return new Cursor(Long.parseLong(matcher.group(1)));
            }
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
        throw invalid(text);
    }

    private static InvalidInputException invalid(String text) {
        return new InvalidInputException("cursor", text, "must be the 'next' of an earlier page");
    }

    String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("p" + position).getBytes(StandardCharsets.US_ASCII));
    }
}
