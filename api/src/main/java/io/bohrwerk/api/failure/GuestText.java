package io.bohrwerk.api.failure;

/** Text from a guest, made fit for a text column: PostgreSQL takes neither NUL nor half a surrogate pair. */
public final class GuestText {
    private static final char REPLACEMENT = '\ufffd';

    private GuestText() {}

    /** The beginning, at most this many chars. */
    public static String start(String text, int longest) {
        return clean(text.length() <= longest ? text : text.substring(0, longest));
    }

    /** The end, at most this many chars. */
    public static String end(String text, int longest) {
        return clean(text.length() <= longest ? text : text.substring(text.length() - longest));
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
