package io.bohrwerk.api.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwoRatesTest {
    /** The p values are those of SciPy's fisher_exact. */
    @ParameterizedTest
    @CsvSource({
        "3, 100, 12, 100, 0.0286713149732",
        "0, 59914, 5, 100000, 0.164610018148",
        "1, 1000000000, 10, 1000000000, 0.0117187499684",
        "50, 1000000, 51, 1000000, 1",
        "30, 100000, 80, 200000, 0.189559900505",
        "7, 10, 2, 15, 0.00895263035524",
        "300, 1000000000, 450, 1000000000, 4.80840915157e-08"
    })
    void isFishersExactTest(long k1, long n1, long k2, long n2, double p) {
        assertThat(TwoRates.of(k1, n1, k2, n2).pValue()).isCloseTo(p, Percentage.withPercentage(1e-4));
        assertThat(TwoRates.of(k2, n2, k1, n1).pValue()).isCloseTo(p, Percentage.withPercentage(1e-4));
    }

    @Test
    void survivesCountsOfBillions() {
        long n = 1_000_000_000_000L;
        assertThat(TwoRates.of(500_000_000, n, 500_000_000, n).pValue()).isCloseTo(1, Percentage.withPercentage(1e-6));
        assertThat(TwoRates.of(400_000_000, n, 500_000_000, n).pValue()).isBetween(0.0, 1e-300);
        // A difference of 2.2 standard deviations: 0.0253 of the normal distribution.
        assertThat(TwoRates.of(500_000_000, n, 500_070_711, n).pValue()).isBetween(0.024, 0.0265);
    }

    @Test
    void tellsTheRatioWithItsInterval() {
        TwoRates rates = TwoRates.of(10, 100_000, 40, 200_000);
        assertThat(rates.ratio()).isCloseTo(2, Percentage.withPercentage(1e-9));
        assertThat(rates.ratioLow()).isBetween(1.0, 1.1);
        assertThat(rates.ratioHigh()).isBetween(3.9, 4.5);
        TwoRates gone = TwoRates.of(10, 100_000, 0, 100_000);
        assertThat(gone.ratio()).isZero();
        assertThat(gone.ratioLow()).isZero();
        assertThat(gone.ratioHigh()).isBetween(0.3, 0.45);
        TwoRates fresh = TwoRates.of(0, 100_000, 10, 100_000);
        assertThat(fresh.ratio()).isInfinite();
        assertThat(fresh.ratioHigh()).isInfinite();
        TwoRates nothing = TwoRates.of(0, 100_000, 0, 100_000);
        assertThat(nothing.pValue()).isEqualTo(1);
        assertThat(nothing.ratio()).isNaN();
        assertThatThrownBy(() -> TwoRates.of(2, 1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsDifferencesThatAreNotThereAtMostAsOftenAsItSays() {
        SplittableRandom random = new SplittableRandom(5);
        int wrong = 0;
        int covered = 0;
        int pairs = 2_000;
        for (int pair = 0; pair < pairs; pair++) {
            TwoRates rates = TwoRates.of(count(1e-4, 200_000, random), 200_000, count(1e-4, 300_000, random), 300_000);
            wrong += rates.pValue() <= 0.05 ? 1 : 0;
            covered += rates.ratioLow() <= 1 && 1 <= rates.ratioHigh() ? 1 : 0;
        }
        // Four standard deviations are 0.0195. Fisher's test errs on the safe side.
        assertThat((double) wrong / pairs).isBetween(0.01, 0.0695);
        assertThat((double) covered / pairs).isBetween(0.93, 0.98);
    }

    private static long count(double rate, long iterations, SplittableRandom random) {
        long failures = -1;
        for (long at = 0; at <= iterations; at += Iterations.untilFailure(rate, random)) {
            failures++;
        }
        return failures;
    }
}
