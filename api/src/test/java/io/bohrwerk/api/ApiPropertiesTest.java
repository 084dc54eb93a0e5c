package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class ApiPropertiesTest {
    @EnableConfigurationProperties(ApiProperties.class)
    static class Settings {}

    private static ApplicationContextRunner with(String... properties) {
        return new ApplicationContextRunner()
                .withUserConfiguration(Settings.class)
                .withPropertyValues(properties);
    }

    @Test
    void defaultsAreThese() {
        with().run(context -> assertThat(context.getBean(ApiProperties.class))
                .isEqualTo(new ApiProperties(
                        new ApiProperties.Blobs(null, DataSize.ofGigabytes(1), null),
                        new ApiProperties.Scheduling(
                                2, 2, 10_000, 5, Duration.ofSeconds(2), Duration.ofMinutes(15), Duration.ofSeconds(2)),
                        new ApiProperties.Uploads(
                                "~/.cache/bohrwerk/uploads", DataSize.ofGigabytes(64), Duration.ofHours(24), true, 100),
                        new ApiProperties.Queue(4, (short) 1, Duration.ofSeconds(1), null, false),
                        new ApiProperties.Events(100, Duration.ofMillis(500), Duration.ofSeconds(15)),
                        new ApiProperties.Retention(
                                Duration.ofHours(1),
                                Duration.ofHours(3),
                                Duration.ofDays(365),
                                new ApiProperties.Retention.Limits(null, null, null),
                                new ApiProperties.Retention.Limits(null, null, null)),
                        Duration.ofSeconds(30),
                        DataSize.ofMegabytes(1),
                        java.util.List.of(),
                        new ApiProperties.Access(false, null, "scope", 200, 1_000, 100, 1_000_000_000_000L),
                        new ApiProperties.Telemetry(null, "", 100))));
    }

    @Test
    void anUnknownKeyKeepsTheProcessFromStarting() {
        with("bohrwerk.api.scheduling.batch-timout=1m")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("batch-timout"));
    }

    @ParameterizedTest
    @CsvSource({
        "crash.count, 0, must be at least 1",
        "job.count, -1, must be at least 1",
        "job.age, 0s, must be longer than 0",
        "crash.bytes, 0B, must be more than 0"
    })
    void aRetentionLimitThatKeepsNothingIsRefusedByItsKey(String key, String value, String rule) {
        with("bohrwerk.api.retention." + key + "=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("bohrwerk.api.retention." + key)
                        .hasMessageContaining(rule));
    }
}
