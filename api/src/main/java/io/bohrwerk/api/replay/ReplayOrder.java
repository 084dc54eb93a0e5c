package io.bohrwerk.api.replay;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import io.bohrwerk.api.web.RequestDocument;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.LogClass;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replay, as users order it.
 *
 * @param logClasses in QEMU's words, for the mode {@code log}; {@code int} when there are none
 * @param window for the mode {@code log}; the failing iteration when there is none
 * @param times how often, for the modes {@code verify}, where it is 1 when there is none, and {@code when}: runs from each point, where it
 *     is {@value #RUNS}
 * @param points from which the machine goes on, for the mode {@code when}; {@value #POINTS} when there are none
 */
record ReplayOrder(
        ReplayMode mode,
        @Nullable List<String> logClasses,
        @Nullable Window window,
        @Nullable Integer times,
        @Nullable Integer points)
        implements RequestDocument {
    /** With the two at the edge some two hundred and fifty runs: a minute and a half on two free cores. */
    static final int POINTS = 8;
    /** When all of them fail, the rate is above 83 %. */
    static final int RUNS = 20;

    /** Of a mode without options, or with its defaults. */
    static ReplayOrder of(ReplayMode mode) {
        return new ReplayOrder(mode, null, null, null, null);
    }

    /** Iterations, a margin before the failing one, or the word {@code all}. */
    record Window(
            @Nullable Long fromIteration,
            @Nullable Long toIteration,
            @Nullable Long margin,
            @JsonIgnore boolean all) {
        private static final String RULE = "must be all, a margin, or fromIteration and toIteration";

        Window {
            require(all || margin != null || fromIteration != null || toIteration != null, "window", "", RULE);
        }

        @JsonCreator
        static Window of(@Nullable Long fromIteration, @Nullable Long toIteration, @Nullable Long margin) {
            return new Window(fromIteration, toIteration, margin, false);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Window named(String word) {
            require(word.equals("all"), "window", word, RULE);
            return new Window(null, null, null, true);
        }
    }

    ReplayOrder {
        present(mode, "mode");
        if (mode != ReplayMode.LOG) {
            requireAbsent("logClasses", logClasses);
            requireAbsent("window", window);
        }
        if (mode != ReplayMode.VERIFY && mode != ReplayMode.WHEN) {
            requireAbsent("times", times);
        }
        if (mode != ReplayMode.WHEN) {
            requireAbsent("points", points);
        }
        requirePoints(points);
        if (logClasses != null) {
            require(!logClasses.isEmpty(), "logClasses", "[]", "must name at least one class");
            logClasses.forEach(word -> LogClass.of(present(word, "logClasses")));
        }
        require(
                times == null || times >= 1 && times <= ReplayRequest.MOST_TIMES,
                "times",
                String.valueOf(times),
                "must be between 1 and " + ReplayRequest.MOST_TIMES);
    }

    private static void requireAbsent(String field, @Nullable Object value) {
        require(value == null, field, String.valueOf(value), "is not an option of this mode");
    }

    static void requirePoints(@Nullable Integer points) {
        require(
                points == null || points >= ReplayRequest.FEWEST_POINTS && points <= ReplayRequest.MOST_POINTS,
                "points",
                String.valueOf(points),
                "must be between " + ReplayRequest.FEWEST_POINTS + " and " + ReplayRequest.MOST_POINTS);
    }

    List<LogClass> classes() {
        if (mode != ReplayMode.LOG) {
            return List.of();
        }
        return logClasses == null
                ? List.of(LogClass.INT)
                : logClasses.stream().map(LogClass::of).distinct().toList();
    }

    int repetitions() {
        return times != null ? times : mode == ReplayMode.WHEN ? RUNS : 1;
    }

    /** Null for every mode but {@code when}. */
    @Nullable
    Integer pointsOrDefault() {
        return mode == ReplayMode.WHEN && points == null ? (Integer) POINTS : points;
    }

    /**
     * The window in a batch that failed in an iteration.
     *
     * @throws InvalidInputException when there is no such window in it
     */
    LogWindow window(long failing) {
        if (window == null) {
            return LogWindow.margin(0);
        }
        if (window.all()) {
            return LogWindow.all();
        }
        require(
                window.margin() == null || window.fromIteration() == null && window.toIteration() == null,
                "window",
                "margin",
                "must hold either a margin or iterations, not both");
        if (window.margin() != null) {
            return LogWindow.margin(within("window.margin", window.margin(), 0, failing - 1));
        }
        long from = within("window.fromIteration", present(window.fromIteration(), "window.fromIteration"), 1, failing);
        long to = present(window.toIteration(), "window.toIteration");
        require(to >= from, "window.toIteration", to, "must not be below window.fromIteration, " + from);
        return new LogWindow(from, within("window.toIteration", to, 1, failing), null);
    }

    private static long within(String field, long value, long least, long most) {
        require(
                value >= least && value <= most,
                field,
                value,
                "must be between " + least + " and " + most + ": the batch ended in iteration "
                        + (field.endsWith("margin") ? most + 1 : most));
        return value;
    }
}
