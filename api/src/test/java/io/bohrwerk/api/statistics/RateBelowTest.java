package io.bohrwerk.api.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateBelowTest {
    private static final RateBelow RULE = new RateBelow(1 / 20_000.0, 0.95);

    @Test
    void isMetByCleanIterationsAloneAsSoonAsTheyAreEnough() {
        assertThat(RULE.met(0, 59_913, 1)).isFalse();
        assertThat(RULE.met(0, 59_914, 1)).isTrue();
        assertThat(RULE.met(1, 1_000_000, 1)).as("it stops for the failure").isFalse();
        assertThat(RULE.met(0, 0, 1)).isFalse();
    }

    @Test
    void takesMoreWithFailuresOrWhereThereMayBeSome() {
        assertThat(RULE.met(0, 59_914, 0)).isFalse();
        assertThat(RULE.met(0, 73_778, 0)).isTrue();
        assertThat(RULE.met(1, 100_000, 0)).isFalse();
        assertThat(RULE.met(1, 200_000, 0)).isTrue();
        assertThat(RULE.met(1_000, 100_000_000, 0)).isTrue();
        assertThat(RULE.met(5_000, 100_000_000, 0)).isFalse();
    }

    /** Looked at after every batch of a job whose rate is just not below. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 0})
    void isWrongAtMostAsOftenAsItSaysHoweverOftenItIsLookedAt(int stopAfterFailures) {
        SplittableRandom random = new SplittableRandom(stopAfterFailures);
        int jobs = 2_000;
        int wrong = 0;
        for (int job = 0; job < jobs; job++) {
            long failures = 0;
            long next = Iterations.untilFailure(RULE.rate(), random);
            for (long iterations = 2_000; iterations <= 600_000; iterations += 2_000) {
                while (next <= iterations) {
                    failures++;
                    next += Iterations.untilFailure(RULE.rate(), random);
                }
                if (RULE.met(failures, iterations, stopAfterFailures)) {
                    wrong++;
                    break;
                }
            }
        }
        // Four standard deviations are 0.0195.
        assertThat((double) wrong / jobs).isBetween(0.015, 0.0695);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new RateBelow(1e-5, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("confidence: '1.0' must be above 0 and below 1");
        assertThatThrownBy(() -> new RateBelow(0, 0.95)).isInstanceOf(InvalidInputException.class);
    }
}
