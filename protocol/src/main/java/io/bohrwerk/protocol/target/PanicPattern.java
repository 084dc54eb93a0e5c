package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.LinePattern;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of the console by which a kernel, or a part of it, tells of its own trouble.
 *
 * @param title of the report, for people and for grouping: text, in which the names that the line's pattern keeps stand in braces, and
 *     {@code {frame}} for the first function of the stack that says something; empty for the line itself
 */
public record PanicPattern(LinePattern line, String title, Kind kind) {
    private static final Pattern TITLE = Pattern.compile("[ -~]{0,200}");
    private static final Pattern NAME = Pattern.compile("\\{([a-z]{1,20})}");
    private static final String FRAME = "frame";

    /** What such a line means. */
    public enum Kind {
        /** The kernel is broken: the iteration's outcome is {@code PANICKED}. */
        @JsonProperty("panic")
        PANIC,
        /** It does not get on: {@code HUNG}. */
        @JsonProperty("stall")
        STALL,
        /** Nothing, whatever another pattern says of such a line. */
        @JsonProperty("ignore")
        IGNORE
    }

    public PanicPattern {
        present(line, "line");
        require(TITLE.matcher(title).matches(), "title", title, "must be one line of printable ASCII, up to 200");
        for (Matcher name = NAME.matcher(title); name.find(); ) {
            require(
                    name.group(1).equals(FRAME) || line.names().contains(name.group(1)),
                    "title",
                    title,
                    "must name only what the line's pattern keeps, and " + FRAME);
        }
    }

    @JsonCreator
    static PanicPattern of(LinePattern line, @Nullable String title, @Nullable Kind kind) {
        return new PanicPattern(line, title == null ? "" : title, kind == null ? Kind.PANIC : kind);
    }
}
