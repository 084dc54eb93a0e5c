package io.bohrwerk.api.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureRateTest {
    /**
     * 81 of 263 is the example of Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
     * 857-872. The figures are roots of the binomial's own sums as SciPy computes them.
     */
    @ParameterizedTest
    @CsvSource({
        "81, 263, 0.254402104946, 0.365773474258",
        "0, 10, 0, 0.258865550893",
        "1, 10, 0.00500147528244, 0.403476155738",
        "4, 20, 0.0669723444379, 0.414857918968",
        "5, 10, 0.212008506779, 0.787991493221",
        "10, 10, 0.741134449107, 1",
        "1, 20000, 2.50101709278e-06, 0.00024656774929",
        "3, 1000000, 7.63096847109e-07, 8.16444702888e-06",
        "0, 1000000, 0, 2.99572778635e-06",
        "1, 1000000000, 5.00203446173e-11, 4.93186051464e-09"
    })
    void isTheMidPInterval(long failures, long iterations, double low, double high) {
        FailureRate rate = FailureRate.of(failures, iterations);
        assertThat(rate.perIteration()).isEqualTo((double) failures / iterations);
        assertThat(rate.low()).isCloseTo(low, Percentage.withPercentage(1e-6));
        assertThat(rate.high()).isCloseTo(high, Percentage.withPercentage(1e-6));
    }

    /** Newcombe gives 0.2527 and 0.3676 for the first; all are roots of the binomial's own sums. */
    @ParameterizedTest
    @CsvSource({
        "81, 263, 0.252736745585, 0.367621922601",
        "0, 20, 0, 0.168433470983",
        "1, 20, 0.00126508949795, 0.248732762772",
        "20, 20, 0.831566529017, 1",
        "6, 6, 0.54074187356, 1",
        "5, 10, 0.187086028447, 0.812913971553"
    })
    void isClopperAndPearsonsInterval(long failures, long trials, double low, double high) {
        FailureRate rate = FailureRate.clopperPearson(failures, trials);
        assertThat(rate.perIteration()).isEqualTo((double) failures / trials);
        assertThat(rate.low()).isCloseTo(low, Percentage.withPercentage(1e-6));
        assertThat(rate.high()).isCloseTo(high, Percentage.withPercentage(1e-6));
        assertThatThrownBy(() -> FailureRate.clopperPearson(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Jobs that run their iterations out, and jobs that stop at a failure: the interval knows nothing of which it was. */
    @ParameterizedTest
    @CsvSource({"0, 0.949, 0.966", "1, 0.934, 0.954", "3, 0.936, 0.956", "10, 0.938, 0.958"})
    void coversTheTrueRateIn94To97OfAHundredJobs(int stopAfterFailures, double least, double most) {
        SplittableRandom random = new SplittableRandom(20260101 + stopAfterFailures);
        int jobs = 10_000;
        int covered = 0;
        for (int job = 0; job < jobs; job++) {
            double truth = Math.pow(10, -3 - 3 * random.nextDouble());
            double expected = Math.pow(10, 2 * random.nextDouble());
            long budget = stopAfterFailures == 0 ? Math.round(expected / truth) : Long.MAX_VALUE;
            long iterations = 0;
            long failures = 0;
            while (true) {
                long next = iterations + Iterations.untilFailure(truth, random);
                if (next > budget) {
                    iterations = budget;
                    break;
                }
                iterations = next;
                failures++;
                if (failures == stopAfterFailures) {
                    break;
                }
            }
            FailureRate rate = FailureRate.of(failures, iterations);
            covered += rate.low() <= truth && truth <= rate.high() ? 1 : 0;
        }
        // Four standard deviations are 0.0087.
        assertThat((double) covered / jobs).isBetween(least, most);
    }

    @Test
    void knowsNothingAtTheStartAndRefusesNonsense() {
        assertThat(FailureRate.of(0, 0)).isEqualTo(new FailureRate(0, 0, 1));
        assertThatThrownBy(() -> FailureRate.of(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FailureRate.of(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A dashboard asks for many of these at once. */
    @Test
    void narrowsWithIterationsUpToTheLargestBudget() {
        double before = 1;
        for (long iterations = 10; iterations <= 1_000_000_000_000L; iterations *= 10) {
            FailureRate rate = FailureRate.of(7, iterations);
            assertThat(rate.low()).isPositive().isLessThan(rate.perIteration());
            assertThat(rate.high()).isGreaterThan(rate.perIteration()).isLessThan(before);
            before = rate.high();
        }
    }
}
