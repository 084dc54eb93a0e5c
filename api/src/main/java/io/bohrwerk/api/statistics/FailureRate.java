package io.bohrwerk.api.statistics;

/**
 * How often an iteration fails, with a 95 % confidence interval: the mid-P interval of H. O. Lancaster, "Significance tests in discrete
 * distributions", Journal of the American Statistical Association 56 (1961), 223-234; compared with others in A. Agresti, A. Gottard,
 * "Nonconservative exact small-sample inference for discrete data", Computational Statistics and Data Analysis 51 (2007), 6447-6458.
 *
 * <p>For k failures in n iterations {@code low} is the p for which {@code P(X > k) + P(X = k)/2 = 0.025} with X binomial (n, p), and
 * {@code high} the one for which {@code P(X < k) + P(X = k)/2 = 0.025}; 0 for k = 0 and 1 for k = n. The tails are incomplete beta
 * functions: {@code P(X >= k) = I_p(k, n-k+1)}.
 *
 * <p>Why this one. A job may run its iterations out (binomial sampling) or stop at its r-th failure (negative binomial), so the interval
 * must hold in both. For rates far below 1, computed from the distributions, in per cent of jobs:
 *
 * <pre>
 *                                                       mid-P   Clopper-Pearson   Jeffreys
 *     iterations run out, 1 to 100 failures expected     95.7        97.0           95.3
 *     stops at failure 1                                 94.4        97.1           88.8
 *     stops at failure 3                                 94.6        96.8           93.2
 *     stops at failure 10                                94.8        96.3           94.5
 * </pre>
 *
 * The first line is a mean: at one exact rate and budget a discrete count covers between 92 and 99 %, whatever the method. With less
 * than about 3 failures expected in a budget the interval contains 0 in most jobs and covers more than 97 %.
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
        return new FailureRate(
                (double) failures / iterations,
                Binomial.low(failures, iterations, TAIL),
                Binomial.high(failures, iterations, TAIL));
    }

    /**
     * The interval of C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
     * Biometrika 26 (1934), 404-413: never covers less than 95 %, whatever the rate. For few trials of a number that was fixed beforehand,
     * where the rate may be anything from 0 to 1.
     *
     * @param failures k, from 0 to n
     * @param trials n, 1 or more
     */
    public static FailureRate clopperPearson(long failures, long trials) {
        if (failures < 0 || trials < 1 || trials < failures) {
            throw new IllegalArgumentException(failures + " failures in " + trials + " trials");
        }
        return new FailureRate(
                (double) failures / trials,
                Binomial.exactLow(failures, trials, TAIL),
                Binomial.exactHigh(failures, trials, TAIL));
    }
}
