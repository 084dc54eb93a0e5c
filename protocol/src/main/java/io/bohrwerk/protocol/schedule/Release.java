package io.bohrwerk.protocol.schedule;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.bohrwerk.protocol.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of QEMU that is asked for: its number, or the first parts of it. {@code 10}, {@code 10.0} and {@code 10.0.2} are all served by
 * 10.0.2, and {@code 1} is not.
 *
 * @param number one to four numbers with dots between them
 */
public record Release(@JsonValue String number) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}(?:\\.[0-9]{1,4}){0,3}");
    private static final Pattern IN_VERSION = Pattern.compile(" version ([0-9]+(?:\\.[0-9]+)*)");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Release {
        require(
                NUMBER.matcher(number).matches(),
                "",
                number,
                "must be the number of a QEMU release or the beginning of one, as 10.0 or 7.2.22");
    }

    /** A YAML file without quotes: 10.10 would be 10.1 by now. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Release unquoted(double number) {
        throw new InvalidInputException("", number, "must be text: write it in quotes, as \"10.0\"");
    }

    /** As {@link #unquoted(double)}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Release unquoted(long number) {
        throw new InvalidInputException("", number, "must be text: write it in quotes, as \"10\"");
    }

    /**
     * The number in an emulator's own words for its version.
     *
     * @param version {@code QEMU emulator version 10.0.2 (Debian ..)}, with the binary's name before it or without
     * @return for example {@code 10.0.2}; the whole text where there is no number in it
     */
    public static String in(String version) {
        Matcher found = IN_VERSION.matcher(version);
        return found.find() ? found.group(1) : version;
    }

    /** Whether an emulator with this version, in its own words, is one of that release. */
    public boolean servedBy(String version) {
        return (in(version) + ".").startsWith(number + ".");
    }

    @Override
    public String toString() {
        return number;
    }
}
