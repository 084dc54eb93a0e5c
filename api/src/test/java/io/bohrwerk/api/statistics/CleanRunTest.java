package io.bohrwerk.api.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CleanRunTest {
    @Test
    void knowsHowManyItTakes() {
        assertThat(new CleanRun(0, 0, 1 / 20_000.0, 0.95).needed()).isEqualTo(59_914);
        assertThat(new CleanRun(0, 0, 1e-6, 0.99).needed()).isEqualTo(4_605_168);
        // One failure in 1,000: 19 times as many, for then the one of 20 runs that fails is the old one by a chance of
        // 1 in 20.
        assertThat(new CleanRun(1, 1_000, null, 0.95).needed()).isEqualTo(19_000);
        // Many failures: nearly as if the rate were known.
        assertThat(new CleanRun(50_000, 1_000_000_000, null, 0.95).needed()).isBetween(59_914.0, 59_920.0);
    }

    @Test
    void reachesTheConfidenceWhereItSaysSo() {
        for (CleanRun run : new CleanRun[] {
            new CleanRun(0, 0, 1 / 20_000.0, 0.95),
            new CleanRun(1, 777, null, 0.9),
            new CleanRun(1, 777, null, 0.95),
            new CleanRun(12, 1_000_000, null, 0.99)
        }) {
            long needed = (long) run.needed();
            assertThat(run.reached(0)).isZero();
            assertThat(run.reached(needed)).isBetween(run.confidence() - 1e-12, run.confidence() + 1e-3);
            assertThat(run.reached(needed - 1)).isLessThan(run.confidence());
        }
    }

    @Test
    void neverSaysSure() {
        for (double confidence : new double[] {0, 1, 1.5, -0.1, Double.NaN}) {
            assertThatThrownBy(() -> new CleanRun(1, 10, null, confidence))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("confidence");
        }
        assertThatThrownBy(() -> new CleanRun(1, 10, 0.0, 0.95))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("rate");
        assertThatThrownBy(() -> new CleanRun(0, 10, null, 0.95)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A bug that is still there, hunted until it struck k times, and then run as often as is asked for. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void isWrongAsOftenAsItSays(int stopAfterFailures) {
        SplittableRandom random = new SplittableRandom(stopAfterFailures);
        int jobs = 10_000;
        int wrong = 0;
        for (int job = 0; job < jobs; job++) {
            double rate = Math.pow(10, -3 - 3 * random.nextDouble());
            long iterations = 0;
            for (int k = 0; k < stopAfterFailures; k++) {
                iterations += Iterations.untilFailure(rate, random);
            }
            double needed = new CleanRun(stopAfterFailures, iterations, null, 0.95).needed();
            wrong += Iterations.untilFailure(rate, random) > needed ? 1 : 0;
        }
        // Four standard deviations are 0.0087.
        assertThat((double) wrong / jobs).isBetween(0.041, 0.059);
    }
}
