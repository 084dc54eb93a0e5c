package io.bohrwerk.api.statistics;

/**
 * Whether two failure rates differ.
 *
 * <p>The p value is that of Fisher's exact test, two-sided by the rule of J. O. Irwin, "Tests of significance for differences between
 * percentages based on small numbers", Metron 12 (1935), 83-94: the probability, given the total of failures, of all tables that are
 * no more likely than the one seen. It holds for any counts: the hypergeometric weights are summed by their ratios from the mode outward,
 * without factorials.
 *
 * <p>The interval of the ratio comes from the same conditioning. For rates far below 1, of k1 + k2 failures those of the second side are
 * binomial with {@code q = n2 r/(n2 r + n1)}, r the ratio: J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples
 * from Poisson series", Biometrika 31 (1940), 313-323. Its 95 % limits are q's mid-P limits, turned into ratios.
 *
 * @param pValue of equal rates
 * @param ratio of the second side's rate to the first's; infinite when only the second failed, NaN when none did
 * @param ratioLow lower limit of the ratio
 * @param ratioHigh upper limit of the ratio; may be infinite
 */
public record TwoRates(double pValue, double ratio, double ratioLow, double ratioHigh) {
    private static final double TAIL = 0.025;
    /** As in R's fisher.test: tables as likely as the one seen count, although their weights were rounded another way. */
    private static final double ROUNDING = 1 + 1e-7;
    /** The logarithm of less than the smallest double. */
    private static final double IMPOSSIBLE = -800;

    /** @param k1 failures in n1 iterations of the first side */
    public static TwoRates of(long k1, long n1, long k2, long n2) {
        if (k1 < 0 || n1 < k1 || k2 < 0 || n2 < k2) {
            throw new IllegalArgumentException(k1 + " of " + n1 + " against " + k2 + " of " + n2);
        }
        if (n1 == 0 || n2 == 0 || k1 + k2 == 0) {
            return new TwoRates(1, Double.NaN, 0, Double.POSITIVE_INFINITY);
        }
        double size = (double) n1 / n2;
        double share = (double) k2 / (k1 + k2);
        return new TwoRates(
                fisher(k1, n1, k2, n2),
                odds(share) * size,
                odds(Binomial.low(k2, k1 + k2, TAIL)) * size,
                odds(Binomial.high(k2, k1 + k2, TAIL)) * size);
    }

    private static double odds(double share) {
        return share == 1 ? Double.POSITIVE_INFINITY : share / (1 - share);
    }

    private static double fisher(long k1, long n1, long k2, long n2) {
        double k = (double) k1 + k2;
        double n = (double) n1 + n2;
        long least = Math.max(0, k1 + k2 - n2);
        long most = Math.min(k1 + k2, n1);
        long mode = Math.max(least, Math.min(most, (long) ((k + 1) * (n1 + 1.0) / (n + 2))));
        double seen = logWeight(k1, mode, k, n1, n2);
        double limit = seen + Math.log(ROUNDING);
        Sum sum = new Sum(limit);
        double log = 0;
        for (long x = mode; x <= most && log > Sum.NEGLIGIBLE + Math.min(0, seen); x++) {
            sum.add(log);
            log += Math.log((k - x) * (n1 - x)) - Math.log((x + 1.0) * (n2 - k + x + 1));
        }
        log = 0;
        for (long x = mode; x > least; x--) {
            log += Math.log((double) x * (n2 - k + x)) - Math.log((k - x + 1) * (n1 - x + 1.0));
            if (log <= Sum.NEGLIGIBLE + Math.min(0, seen)) {
                break;
            }
            sum.add(log);
        }
        return Math.min(1, sum.unlikely / sum.all);
    }

    /** The logarithm of a table's weight, that of the mode being 1; where that is no number any more, {@code IMPOSSIBLE} or a little less. */
    private static double logWeight(long at, long mode, double k, long n1, long n2) {
        double log = 0;
        for (long x = mode; x < at && log > IMPOSSIBLE; x++) {
            log += Math.log((k - x) * (n1 - x)) - Math.log((x + 1.0) * (n2 - k + x + 1));
        }
        for (long x = mode; x > at && log > IMPOSSIBLE; x--) {
            log += Math.log((double) x * (n2 - k + x)) - Math.log((k - x + 1) * (n1 - x + 1.0));
        }
        return log;
    }

    /** Sums weights: all of them, and those that are no more likely than the one seen. */
    private static final class Sum {
        /** Weights this far below the one seen, in logarithms, add nothing to a sum of doubles. */
        static final double NEGLIGIBLE = -45;

        private final double limit;
        private double all;
        private double unlikely;

        Sum(double limit) {
            this.limit = limit;
        }

        void add(double log) {
            double weight = Math.exp(log);
            all += weight;
            if (log <= limit) {
                unlikely += weight;
            }
        }
    }
}
