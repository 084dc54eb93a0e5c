package io.bohrwerk.api.replay;

import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.protocol.when.WhenCurve;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A when curve as the API shows it.
 *
 * @param iteration that failed
 * @param instruction the count at which the failure stopped the machine
 * @param period that times are drawn from, in instructions
 * @param points the farthest first
 * @param certainFrom {@code before} of the farthest point from which on each run fails; null when none does
 * @param runs all of them
 * @param cut whether its time was up before all that was asked for was done
 */
record WhenView(
        String summary,
        long iteration,
        long instruction,
        long period,
        List<Point> points,
        @Nullable Long certainFrom,
        int runs,
        long millis,
        boolean cut) {
    /**
     * @param before instructions from there to the failure's end
     * @param ip address of the next instruction, hexadecimal
     * @param symbol the function that it lies in; null when it has no name
     * @param passed iterations that the agent had reported as passed by then
     * @param failures runs that failed in the failure's way up to its iteration
     * @param others runs that failed later, or in another way
     * @param rate with the 95 % interval of Clopper and Pearson
     */
    record Point(
            long before,
            String ip,
            @Nullable String symbol,
            long passed,
            int runs,
            int failures,
            int others,
            FailureRate rate) {
        private static Point from(WhenCurve.Point point) {
            return new Point(
                    point.before(),
                    point.ip(),
                    point.symbol(),
                    point.passed(),
                    point.runs(),
                    point.failures(),
                    point.others(),
                    FailureRate.clopperPearson(point.failures(), point.runs()));
        }
    }

    static WhenView from(WhenCurve curve) {
        return new WhenView(
                curve.summary(),
                curve.iteration(),
                curve.instruction(),
                curve.period(),
                curve.points().stream().map(Point::from).toList(),
                curve.certainFrom(),
                curve.runs(),
                curve.millis(),
                curve.cut());
    }
}
