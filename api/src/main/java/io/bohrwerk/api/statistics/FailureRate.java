package io.bohrwerk.api.statistics;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * How often an iteration fails, with the exact 95 % confidence interval of Clopper and Pearson, "The use of confidence or fiducial limits
 * illustrated in the case of the binomial", Biometrika 26 (1934), 404-413.
 *
 * <p>For k failures in n iterations the limits are quantiles of the beta distribution: {@code low = B(0.025; k, n-k+1)} and
 * {@code high = B(0.975; k+1, n-k)}, with 0 for k = 0 and 1 for k = n. The interval is conservative: it covers the true rate in at least
 * 95 % of jobs whose number of iterations is fixed beforehand. A job that stops at its first failures samples the other way round, so
 * that k/n leans a little high.
 *
 * @param perIteration k/n; 0 when nothing ran
 */
public record FailureRate(double perIteration, double low, double high) {
    private static final double TAIL = 0.025;

    /**
     * @param failures k, from 0 to n
     * @param iterations n; 0 gives the interval from 0 to 1: nothing is known
     */
    public static FailureRate of(long failures, long iterations) {
        if (failures < 0 || iterations < failures) {
            throw new IllegalArgumentException(failures + " failures in " + iterations + " iterations");
        }
        if (iterations == 0) {
            return new FailureRate(0, 0, 1);
        }
        return new FailureRate((double) failures / iterations, low(failures, iterations), high(failures, iterations));
    }

    private static double low(long k, long n) {
        if (k == 0) {
            return 0;
        }
        return k == n
                ? Math.exp(Math.log(TAIL) / n)
                : BetaDistribution.of(k, n - k + 1).inverseCumulativeProbability(TAIL);
    }

    private static double high(long k, long n) {
        if (k == n) {
            return 1;
        }
        // For k = 0 the quantile has a closed form, which stays exact for billions of iterations.
        return k == 0
                ? -Math.expm1(Math.log(TAIL) / n)
                : BetaDistribution.of(k + 1, n - k).inverseSurvivalProbability(TAIL);
    }
}
