package io.bohrwerk.protocol.when;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How likely a failure is from points further and further back: from each the machine goes on again and again, with its timers held back
 * by another part of their period each time.
 *
 * @param summary one line for people
 * @param instruction the count at which the failure stopped the machine
 * @param iteration that failed
 * @param period that times are drawn from, in instructions
 * @param points the farthest first
 * @param certainFrom {@code before} of the farthest point from which on, as far as was tried, each run fails; null when none does
 * @param runs all of them, those included that only narrowed the edge down
 * @param millis host time that it took
 * @param cut whether its time was up before all that was asked for was done
 */
public record WhenCurve(
        String summary,
        long instruction,
        long iteration,
        long period,
        List<Point> points,
        @Nullable Long certainFrom,
        int runs,
        long millis,
        boolean cut) {
    public WhenCurve {
        present(summary, "summary");
        points = List.copyOf(present(points, "points"));
    }

    /**
     * A place in the batch from which the machine went on.
     *
     * @param before instructions from there to the failure's end
     * @param ip address of the next instruction, hexadecimal without a prefix
     * @param symbol the function that it lies in; null when it has no name
     * @param passed iterations that the agent had reported as passed by then
     * @param runs that said something about the test; trouble with the machinery is none
     * @param failures of them that failed in the failure's own way, up to its iteration
     * @param others that failed in a later iteration, or in another way
     */
    public record Point(
            long before, String ip, @Nullable String symbol, long passed, int runs, int failures, int others) {
        public Point {
            require(before > 0, "before", before, "must be positive");
            present(ip, "ip");
            require(runs > 0, "runs", runs, "must be positive");
            require(
                    failures >= 0 && others >= 0 && failures + others <= runs,
                    "failures",
                    failures,
                    "must not be more than runs, " + runs);
        }

        /** Whether each run failed. */
        boolean certain() {
            return failures == runs;
        }

        /** For people: {@code 0x100430, in trap_debug+0x12}. */
        String place() {
            return "0x" + ip + (symbol == null ? "" : ", in " + symbol);
        }
    }

    /**
     * Says what the points mean.
     *
     * @param points the farthest first, at least one
     */
    public static WhenCurve of(
            long instruction, long iteration, long period, List<Point> points, int runs, long millis, boolean cut) {
        int first = points.size();
        while (first > 0 && points.get(first - 1).certain()) {
            first--;
        }
        return new WhenCurve(
                summary(points, first, cut),
                instruction,
                iteration,
                period,
                points,
                first < points.size() ? (Long) points.get(first).before() : null,
                runs,
                millis,
                cut);
    }

    /** @param certain index of the first point from which on all are certain */
    private static String summary(List<Point> points, int certain, boolean cut) {
        Point farthest = points.get(0);
        if (certain == points.size()) {
            Point nearest = points.get(certain - 1);
            if (cut) {
                return "its time was up before it came to points from which it fails whatever the timing: "
                        + count(nearest.before()) + " before its end " + share(nearest) + " fail";
            }
            return "no point was found from which it fails whatever the timing: even "
                    + count(nearest.before()) + " before its end " + share(nearest)
                    + " fail";
        }
        Point edge = points.get(certain);
        String from = "from " + count(edge.before()) + " before its end on (" + edge.place() + ") it fails whatever"
                + " the timing, in " + share(edge) + " runs";
        if (certain == 0) {
            return from + "; no point further back was tried";
        }
        Point last = points.get(certain - 1);
        String earlier =
                "; " + count(last.before() - edge.before()) + " earlier (" + last.place() + ") in " + share(last);
        return from
                + earlier
                + (certain == 1 ? "" : "; " + count(farthest.before()) + " before its end in " + share(farthest));
    }

    private static String count(long instructions) {
        return String.format(java.util.Locale.ROOT, "%,d", instructions)
                + (instructions == 1 ? " instruction" : " instructions");
    }

    private static String share(Point point) {
        return point.failures() + " of " + point.runs();
    }
}
