package io.bohrwerk.api.statistics;

import org.jspecify.annotations.Nullable;

/**
 * "Is it fixed?": how many iterations without a failure it takes to say so, and how sure a number of them makes.
 *
 * <p>With a known rate p, n clean iterations of a bug that is still there have probability (1-p)<sup>n</sup>, so
 * {@code n = ln(1-c)/ln(1-p)}, rounded up: 59,914 for 1 in 20,000 at 95 %.
 *
 * <p>A rate that was measured is not known. Taken as it is, it makes the answer wrong far more often than it says: after one failure
 * in N iterations, in 25 % of cases instead of 5, because jobs that were lucky ask for too little. The interval's lower limit makes it
 * wrong in less than 1 %, at 40 times the iterations. So the two runs are compared: were the rate still the same, all k failures would
 * lie in the first run's N iterations and none in the n clean ones with probability {@code (N/(N+n))^k}, which is Fisher's exact test
 * for this table (R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98 (1935), 39-82) up to
 * sampling without replacement. {@code n = N ((1-c)^(-1/k) - 1)}; for many failures this is the first formula with p = k/N. When the
 * first run stopped at its k-th failure, the answer is wrong in exactly 1 - c of cases: pN is then a Gamma(k) variable, whose
 * Laplace transform gives {@code E exp(-pn) = 1 - c}.
 *
 * @param failures k of the first run; without meaning when the rate is given
 * @param iterations N of the first run
 * @param rate p, when it is known from elsewhere; null to use the first run
 */
public record CleanRun(
        long failures, long iterations, @Nullable Double rate, double confidence) {
    public CleanRun {
        Confidence.requireBelowOne(confidence);
        if (rate != null) {
            Confidence.requireRate(rate);
        } else if (failures < 1 || iterations < failures) {
            throw new IllegalArgumentException("no rate from " + failures + " failures in " + iterations);
        }
    }

    /** How many clean iterations it takes; may be more than any job runs. */
    public double needed() {
        if (rate != null) {
            return needed(rate, confidence);
        }
        // (1-c)^(-1/k) - 1, exact also when k is large
        return roundedUp(iterations * Math.expm1(-Math.log1p(-confidence) / failures));
    }

    /** How many it takes when the rate is known. */
    public static double needed(double rate, double confidence) {
        return roundedUp(Math.log1p(-confidence) / Math.log1p(-rate));
    }

    /** A whole number that came out a rounding error too high stays itself. */
    private static double roundedUp(double iterations) {
        return Math.ceil(iterations * (1 - 1e-12));
    }

    /** The confidence after n iterations without a failure; 0 for none. */
    public double reached(long clean) {
        double logChance =
                rate != null ? clean * Math.log1p(-rate) : -failures * Math.log1p((double) clean / iterations);
        return -Math.expm1(logChance);
    }
}
