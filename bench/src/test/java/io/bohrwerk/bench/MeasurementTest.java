package io.bohrwerk.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasurementTest {
    @Test
    void metGoal() {
        Measurement measurement = Measurement.atLeast("engine.speed", 9000.5, "1/s", 5000);
        assertThat(measurement.json())
                .isEqualTo(
                        "{\"name\":\"engine.speed\",\"value\":9000.5,\"unit\":\"1/s\",\"goal\":\">= 5,000\",\"ok\":true}");
        assertThat(measurement.line()).endsWith("9,001 1/s  (goal >= 5,000: met)");
    }

    @Test
    void missedGoal() {
        Measurement measurement = Measurement.atMost("linux.ratio", 1.4, "", 1.35);
        assertThat(measurement.ok()).isFalse();
        assertThat(measurement.line()).endsWith("1.400   (goal <= 1.350: MISSED)");
    }

    @Test
    void withoutGoal() {
        Measurement measurement = Measurement.of("print.rate", 0.0000512, "");
        assertThat(measurement.json())
                .isEqualTo("{\"name\":\"print.rate\",\"value\":5.12E-5,\"unit\":\"\",\"goal\":null,\"ok\":true}");
        assertThat(measurement.line()).contains("5.120e-05");
    }
}
