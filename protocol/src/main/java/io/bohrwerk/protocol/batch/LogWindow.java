package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a batch is logged: iterations from one to another, or the failing one with some before it. Neither of the two: all of it.
 *
 * @param fromIteration from 1; together with {@code toIteration}
 * @param margin iterations before the failing one; 0 or more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LogWindow(
        @Nullable Long fromIteration,
        @Nullable Long toIteration,
        @Nullable Long margin) {
    public LogWindow {
        require(
                (fromIteration == null) == (toIteration == null),
                "window",
                fromIteration == null ? "toIteration" : "fromIteration",
                "must hold both fromIteration and toIteration, or neither");
        require(
                margin == null || fromIteration == null,
                "window",
                "margin",
                "must hold either a margin or iterations, not both");
        if (fromIteration != null && toIteration != null) {
            require(fromIteration >= 1, "window.fromIteration", fromIteration, "must be at least 1");
            require(
                    toIteration >= fromIteration,
                    "window.toIteration",
                    toIteration,
                    "must not be below window.fromIteration, " + fromIteration);
        }
        require(margin == null || margin >= 0, "window.margin", String.valueOf(margin), "must not be negative");
    }

    public static LogWindow all() {
        return new LogWindow(null, null, null);
    }

    public static LogWindow margin(long iterations) {
        return new LogWindow(null, null, iterations);
    }
}
