package io.bohrwerk.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "65 | 41200 | 3 | 2 | 1m5s: 41,200 iterations, 3 failures (0.0073 %), 2 machines",
                "0 | 0 | 0 | 0 | 0s: 0 iterations, 0 failures, 0 machines",
                "5 | 1 | 1 | 1 | 5s: 1 iteration, 1 failure (100 %), 1 machine",
                "3600 | 1234567 | 12 | 100 | 1h0m0s: 1,234,567 iterations, 12 failures (0.00097 %), 100 machines",
                "90061 | 2000 | 1000 | 3 | 25h1m1s: 2,000 iterations, 1,000 failures (50 %), 3 machines",
                "7 | 0 | 1 | 1 | 7s: 0 iterations, 1 failure, 1 machine",
            })
    void reads(long seconds, long iterations, long failures, int machines, String expected) {
        assertThat(StatusLine.of(Duration.ofSeconds(seconds), iterations, failures, machines))
                .isEqualTo(expected);
    }
}
