package io.bohrwerk.api.web;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a blob a request asks for (RFC 9110, section 14).
 *
 * @param offset of the first byte
 * @param length number of bytes
 * @param partial whether the answer is 206
 */
record ByteRange(long offset, long length, boolean partial) {
    /** More digits than a size can have are cut off by the pattern, so that nothing overflows. */
    private static final Pattern SINGLE = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*");

    /**
     * The range of a {@code Range} header. One that is not understood, or that asks for several ranges, is ignored, as the RFC allows:
     * the answer is then the whole.
     *
     * @return null when the range lies outside the blob: 416
     */
    static @Nullable ByteRange of(@Nullable String header, long size) {
        Matcher matcher = SINGLE.matcher(header == null ? "" : header);
        if (!matcher.matches()) {
            return whole(size);
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? whole(size) : suffix(Long.parseLong(last), size);
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return whole(size);
        }
        return from >= size ? null : new ByteRange(from, to - from + 1, true);
    }

    static ByteRange whole(long size) {
        return new ByteRange(0, size, false);
    }

    private static @Nullable ByteRange suffix(long count, long size) {
        if (count == 0 || size == 0) {
            return null;
        }
        long length = Math.min(count, size);
        return new ByteRange(size - length, length, true);
    }

    /** The {@code Content-Range} of a 206. */
    String contentRange(long size) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
    }
}
