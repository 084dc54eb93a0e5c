package io.bohrwerk.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

class PromptHealthTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final PromptHealth prompt = new PromptHealth();

    private HealthIndicator prompt(HealthIndicator indicator) {
        return (HealthIndicator) prompt.postProcessAfterInitialization(indicator, "any");
    }

    private static Health health(HealthIndicator indicator) {
        return Objects.requireNonNull(indicator.health());
    }

    @Test
    void whatAnswersIsPassedOn() {
        HealthIndicator up =
                prompt(() -> Health.up().withDetail("word", "drill").build());
        assertThat(health(up).getDetails()).containsEntry("word", "drill");
        HealthIndicator broken = prompt(() -> {
            throw new IllegalStateException("broken");
        });
        assertThat(health(broken).getStatus()).isEqualTo(Status.DOWN);
        assertThat(health(broken).getDetails().toString()).contains("broken");
    }

    /** As a database, a broker and a store that hang: all in one second, each asked once, and up again when they answer. */
    @Test
    void whatHangsIsDownWithinASecondHoweverManyHang() {
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        List<HealthIndicator> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(prompt(() -> {
                asked.incrementAndGet();
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Health.up().build();
            }));
        }
        for (int round = 0; round < 3; round++) {
            long began = System.nanoTime();
            for (HealthIndicator each : all) {
                assertThat(health(each).getStatus()).isEqualTo(Status.DOWN);
                assertThat(health(each).getDetails().toString()).contains("no answer");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SECOND);
        }
        assertThat(asked).hasValue(3);
        free.countDown();
        for (HealthIndicator each : all) {
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (health(each).getStatus() == Status.DOWN && System.nanoTime() < end) {
                Thread.onSpinWait(); // the old question's answer is on its way
            }
            assertThat(health(each).getStatus()).isEqualTo(Status.UP);
        }
    }
}
