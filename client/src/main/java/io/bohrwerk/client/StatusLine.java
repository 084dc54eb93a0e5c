package io.bohrwerk.client;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/** A hunt in one line, as Go's {@code stress} prints it. */
public final class StatusLine {
    private StatusLine() {}

    /** For example {@code 1m5s: 41,200 iterations, 3 failures (0.0073 %), 2 machines}. */
    public static String of(Duration elapsed, long iterations, long failures, int machines) {
        return of(elapsed, iterations, failures, machines, true);
    }

    /** @param sample whether the iterations are a random sample; if not, no rate is told */
    static String of(Duration elapsed, long iterations, long failures, int machines, boolean sample) {
        String rate = failures == 0 || iterations == 0 || !sample ? "" : " (" + percent(failures, iterations) + " %)";
        return elapsed(elapsed) + ": " + counted(iterations, "iteration") + ", " + counted(failures, "failure") + rate
                + ", " + counted(machines, "machine");
    }

    /** Two significant digits: what a few failures can tell at most. */
    private static String percent(long failures, long iterations) {
        return BigDecimal.valueOf(failures)
                .multiply(BigDecimal.valueOf(100))
                .divide(BigDecimal.valueOf(iterations), new MathContext(2, RoundingMode.HALF_UP))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String elapsed(Duration elapsed) {
        StringBuilder text = new StringBuilder();
        if (elapsed.toHours() > 0) {
            text.append(elapsed.toHours()).append('h');
        }
        if (elapsed.toMinutes() > 0) {
            text.append(elapsed.toMinutesPart()).append('m');
        }
        return text.append(elapsed.toSecondsPart()).append('s').toString();
    }

    private static String counted(long count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }
}
