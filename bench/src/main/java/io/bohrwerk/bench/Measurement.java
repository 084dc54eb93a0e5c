package io.bohrwerk.bench;

import io.bohrwerk.protocol.Wire;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark.
 *
 * @param name {@code benchmark.figure}
 * @param goal what it should be, as {@code >= 5000}; null when it is only told
 * @param ok whether it is so; true without a goal
 */
public record Measurement(
        String name, double value, String unit, @Nullable String goal, boolean ok) {
    static Measurement of(String name, double value, String unit) {
        return new Measurement(name, value, unit, null, true);
    }

    static Measurement atLeast(String name, double value, String unit, double goal) {
        return new Measurement(name, value, unit, ">= " + figure(goal), value >= goal);
    }

    static Measurement atMost(String name, double value, String unit, double goal) {
        return new Measurement(name, value, unit, "<= " + figure(goal), value <= goal);
    }

    static Measurement within(String name, double value, String unit, double least, double most) {
        return new Measurement(
                name, value, unit, figure(least) + " to " + figure(most), value >= least && value <= most);
    }

    /** For people. */
    String line() {
        String text = String.format(Locale.ROOT, "%-44s %12s %s", name, figure(value), unit);
        return goal == null ? text : text + "  (goal " + goal + ": " + (ok ? "met" : "MISSED") + ")";
    }

    /** For programs. */
    String json() {
        return Wire.writeText(this);
    }

    /** Four significant digits, which is more than these measurements hold; rates are small, so never as zero. */
    static String figure(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        if (Math.abs(value) >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** Where benchmarks put their figures, and their words for people. */
    interface Sink extends Consumer<Measurement> {
        /** A word on what is going on. */
        void say(String text);
    }
}
