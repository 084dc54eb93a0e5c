package io.bohrwerk.api.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureRateTest {
    /**
     * 81 of 263 is the example of Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
     * 857-872, table I: 0.2527 to 0.3676. The others solve the binomial's own sums to 50 decimal digits.
     */
    @ParameterizedTest
    @CsvSource({
        "81, 263, 0.252736745585, 0.367621922601",
        "0, 10, 0, 0.308497107819",
        "1, 10, 0.00252857854446, 0.445016117028",
        "4, 20, 0.05733399705, 0.436614002997",
        "5, 10, 0.187086028447, 0.812913971553",
        "10, 10, 0.691502892181, 1",
        "1, 20000, 1.26588959798e-06, 0.000278550332175",
        "3, 1000000, 6.18672550191e-07, 8.76724778815e-06",
        "0, 1000000, 0, 3.68887265021e-06",
        "1, 1000000000, 2.5317807984e-11, 5.5716433782e-09"
    })
    void isTheIntervalOfClopperAndPearson(long failures, long iterations, double low, double high) {
        FailureRate rate = FailureRate.of(failures, iterations);
        assertThat(rate.perIteration()).isEqualTo((double) failures / iterations);
        assertThat(rate.low()).isCloseTo(low, Percentage.withPercentage(1e-6));
        assertThat(rate.high()).isCloseTo(high, Percentage.withPercentage(1e-6));
    }

    /** Newcombe's printed digits, by themselves. */
    @Test
    void agreesWithPrint() {
        FailureRate rate = FailureRate.of(81, 263);
        assertThat(rate.low()).isCloseTo(0.2527, within(0.00005));
        assertThat(rate.high()).isCloseTo(0.3676, within(0.00005));
    }

    @Test
    void coversTheTrueRateInAtLeast95OfAHundredJobs() {
        SplittableRandom random = new SplittableRandom(20260101);
        double truth = 0.02;
        int jobs = 4_000;
        int covered = 0;
        for (int job = 0; job < jobs; job++) {
            int failures = 0;
            for (int iteration = 0; iteration < 300; iteration++) {
                failures += random.nextDouble() < truth ? 1 : 0;
            }
            FailureRate rate = FailureRate.of(failures, 300);
            covered += rate.low() <= truth && truth <= rate.high() ? 1 : 0;
        }
        // Three standard deviations of the count are 0.0103 of it. It must not be far wider than asked for either.
        assertThat((double) covered / jobs).isBetween(0.94, 0.995);
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
