package io.bohrwerk.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory, written {@code 16MiB}, {@code 512KiB} or {@code 2GiB}.
 *
 * @param bytes at least 1
 */
public record ByteSize(long bytes) {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,7})(KiB|MiB|GiB)");

    public ByteSize {
        InvalidInputException.require(bytes >= 1, "", bytes, "must be at least one byte");
    }

    @JsonCreator
    public static ByteSize parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        InvalidInputException.require(matcher.matches(), "", text, "must be a number with a unit: KiB, MiB or GiB");
        int power = switch (matcher.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            default -> 30;
        };
        return new ByteSize(Long.parseLong(matcher.group(1)) << power);
    }

    public static ByteSize ofMebibytes(long count) {
        return new ByteSize(count << 20);
    }

    /** In whole mebibytes, rounded down. */
    public long mebibytes() {
        return bytes >> 20;
    }

    @JsonValue
    @Override
    public String toString() {
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }
}
