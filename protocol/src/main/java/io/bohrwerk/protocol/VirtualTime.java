package io.bohrwerk.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A span of the guest's own time, written {@code 250us}, {@code 4ms}, {@code 10s} or {@code 5m}.
 *
 * <p>Under QEMU's {@code -icount shift=N} an instruction lasts 2<sup>N</sup> ns of it, so a span is also a count of instructions.
 *
 * @param nanos nanoseconds, at least 1
 */
public record VirtualTime(long nanos) {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})(ns|us|ms|s|m)");

    public VirtualTime {
        InvalidInputException.require(nanos >= 1, "", nanos, "must be at least 1ns");
    }

    @JsonCreator
    public static VirtualTime parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        InvalidInputException.require(matcher.matches(), "", text, "must be a number with a unit: ns, us, ms, s or m");
        return new VirtualTime(Long.parseLong(matcher.group(1)) * nanosPer(matcher.group(2)));
    }

    /** The time from one to the next of so many events a second. */
    public static VirtualTime ofHertz(int hertz) {
        return new VirtualTime(nanosPer("s") / hertz);
    }

    private static long nanosPer(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            default -> 60_000_000_000L;
        };
    }

    /** How many instructions this span is at an icount shift; at least 1. */
    public long instructions(int shift) {
        return Math.max(1, nanos >> shift);
    }

    @JsonValue
    @Override
    public String toString() {
        for (String unit : new String[] {"m", "s", "ms", "us"}) {
            if (nanos % nanosPer(unit) == 0) {
                return nanos / nanosPer(unit) + unit;
            }
        }
        return nanos + "ns";
    }
}
