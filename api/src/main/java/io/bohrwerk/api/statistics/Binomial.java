package io.bohrwerk.api.statistics;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.BetaDistribution;

/** Tails of the binomial distribution and their inverses, for up to 10<sup>12</sup> trials. */
final class Binomial {
    /** Halvings of an interval of logarithms: far below the tenth digit. */
    private static final int HALVINGS = 60;

    private Binomial() {}

    /** The probability of at most k among n, each with probability p: {@code I_{1-p}(n-k, k+1)}. */
    static double atMost(long k, long n, double p) {
        if (k < 0) {
            return 0;
        }
        if (k >= n) {
            return 1;
        }
        // For k = 0 in closed form, which stays exact for billions.
        return k == 0
                ? Math.exp(n * Math.log1p(-p))
                : BetaDistribution.of(k + 1, n - k).survivalProbability(p);
    }

    /** The probability of at least k: {@code I_p(k, n-k+1)}. */
    static double atLeast(long k, long n, double p) {
        if (k <= 0) {
            return 1;
        }
        if (k > n) {
            return 0;
        }
        return k == n
                ? Math.exp(n * Math.log(p))
                : BetaDistribution.of(k, n - k + 1).cumulativeProbability(p);
    }

    /** The mid-P lower limit: the p at which {@code P(X > k) + P(X = k)/2} is {@code tail}. */
    static double low(long k, long n, double tail) {
        if (k == 0) {
            return 0;
        }
        // Clopper and Pearson's limit lies below it, and the estimate above.
        double from = exactLow(k, n, tail);
        return root(p -> (atLeast(k, n, p) + atLeast(k + 1, n, p)) / 2 - tail, from, (double) k / n);
    }

    /** The mid-P upper limit: the p at which {@code P(X < k) + P(X = k)/2} is {@code tail}. */
    static double high(long k, long n, double tail) {
        if (k == n) {
            return 1;
        }
        if (k == 0) {
            return -Math.expm1(Math.log(2 * tail) / n);
        }
        double to = exactHigh(k, n, tail);
        return root(p -> tail - (atMost(k, n, p) + atMost(k - 1, n, p)) / 2, (double) k / n, to);
    }

    /** Clopper and Pearson's lower limit: the p at which {@code P(X >= k)} is {@code tail}. */
    static double exactLow(long k, long n, double tail) {
        if (k == 0) {
            return 0;
        }
        return k == n
                ? Math.exp(Math.log(tail) / n)
                : BetaDistribution.of(k, n - k + 1).inverseCumulativeProbability(tail);
    }

    /** Clopper and Pearson's upper limit: the p at which {@code P(X <= k)} is {@code tail}. */
    static double exactHigh(long k, long n, double tail) {
        if (k == n) {
            return 1;
        }
        return k == 0
                ? -Math.expm1(Math.log(tail) / n)
                : BetaDistribution.of(k + 1, n - k).inverseSurvivalProbability(tail);
    }

    /** Where a rising function crosses 0 between two positive numbers, by halving their ratio. */
    private static double root(DoubleUnaryOperator rising, double from, double to) {
        double low = Math.log(from);
        double high = Math.log(to);
        for (int i = 0; i < HALVINGS && high - low > 1e-13; i++) {
            double middle = (low + high) / 2;
            if (rising.applyAsDouble(Math.exp(middle)) < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp((low + high) / 2);
    }
}
