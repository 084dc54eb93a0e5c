package io.bohrwerk.api.health;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.health.application.AvailabilityStateHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Bounds the time in which a question about health is answered, for whoever asks every few seconds with a limit of one: a database, a broker or
 * a store that hangs is down. All are asked at the same time, so that several that hang take no longer than one; and of each one question is
 * under way at most, however often it is asked.
 */
@Component
final class PromptHealth implements BeanPostProcessor {
    /** Kubernetes' default for a probe is one second. */
    static final Duration LIMIT = Duration.ofMillis(750);

    private final List<Prompt> all = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "health");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        // The latter know without asking anybody.
        if (bean instanceof HealthIndicator indicator && !(bean instanceof AvailabilityStateHealthIndicator)) {
            Prompt prompt = new Prompt(indicator);
            all.add(prompt);
            return prompt;
        }
        return bean;
    }

    /** A question, and when it was asked. */
    private record Question(FutureTask<Health> answer, long asked) {
        boolean late() {
            return System.nanoTime() - asked > LIMIT.toNanos();
        }
    }

    private final class Prompt implements HealthIndicator {
        private final HealthIndicator indicator;
        private @Nullable Question open;

        Prompt(HealthIndicator indicator) {
            this.indicator = indicator;
        }

        /** The question that is under way, or a new one. */
        private synchronized Question ask() {
            Question last = open;
            if (last == null || last.answer().isDone()) {
                last = new Question(new FutureTask<>(this::answer), System.nanoTime());
                open = last;
                threads.execute(last.answer());
            }
            return last;
        }

        private Health answer() {
            Health health = indicator.health();
            return health == null ? Health.unknown().build() : health;
        }

        @Override
        public Health health() {
            Question own = ask();
            if (!own.late()) {
                all.forEach(Prompt::ask);
            }
            long left = own.asked() + LIMIT.toNanos() - System.nanoTime();
            try {
                return own.answer().get(Math.max(0, left), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                long seconds = Duration.ofNanos(System.nanoTime() - own.asked()).toSeconds();
                return Health.down()
                        .withDetail("error", "no answer" + (seconds == 0 ? "" : " for " + seconds + " s"))
                        .build();
            } catch (ExecutionException e) {
                return Health.down(e.getCause() == null ? e : e.getCause()).build();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Health.down(e).build();
            }
        }
    }
}
