package io.bohrwerk.api.statistics;

/**
 * The stop rule "the rate is below p with confidence c".
 *
 * <p>A job is looked at again and again while it runs, and each look is another chance to be wrong. So the error 1 - c is shared out: a
 * job that stops with k failures may use the part {@code 1/((k+1)(k+2))} of it, and when no more than m - 1 failures can be seen,
 * because the job stops at the m-th, the last takes what is left, {@code 1/m}. The rule is met with k failures in n iterations when
 * {@code P(X <= k) <= (1-c) part(k)} for X binomial (n, p). For one k this holds from some n on, so that each k is one test, and by
 * Bonferroni's inequality all of them together are wrong in at most 1 - c of jobs whose rate is p or more. A job that stops at its first
 * failure has just one test, with all of the error: {@code n >= ln(1-c)/ln(1-p)}, 59,914 for 1 in 20,000 at 95 %.
 *
 * @param rate p, above 0 and below 1
 * @param confidence c, above 0 and below 1
 */
public record RateBelow(double rate, double confidence) {
    public RateBelow {
        Confidence.requireRate(rate);
        Confidence.requireBelowOne(confidence);
    }

    /** @param stopAfterFailures m; 0 when the job does not stop for failures */
    public boolean met(long failures, long iterations, long stopAfterFailures) {
        if (iterations == 0 || stopAfterFailures > 0 && failures >= stopAfterFailures) {
            return false;
        }
        double k = failures;
        double part = failures == stopAfterFailures - 1 ? 1.0 / stopAfterFailures : 1 / ((k + 1) * (k + 2));
        return Binomial.atMost(failures, iterations, rate) <= (1 - confidence) * part;
    }
}
