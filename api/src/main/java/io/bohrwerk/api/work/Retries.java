package io.bohrwerk.api.work;

import io.bohrwerk.api.ApiProperties;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** How often infrastructure trouble is retried, and after which pause. A failure of the test is a result and is never retried. */
@Component
public class Retries {
    /** Before work that a worker handed back is offered again; doubled up to the pause before a second attempt. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    /** How many of the longest pauses there are between two offers to workers that are all too small. */
    private static final int IN_VAIN = 8;
    /** Doublings; 2 s become 36 hours. */
    private static final int MOST_DOUBLINGS = 16;

    private final ApiProperties.Scheduling settings;

    Retries(ApiProperties properties) {
        this.settings = properties.scheduling();
    }

    /** Whether another attempt may follow. */
    public boolean remain(Attempt attempt) {
        return attempt.tries() < settings.mostAttempts();
    }

    /** When the next attempt is due. The pause doubles with each try, so that a short trouble is outlived. */
    public Instant due(Attempt attempt, Instant now) {
        return now.plus(doubled(settings.retryDelay(), attempt.tries() - 1));
    }

    /**
     * When work that a worker handed back is due: soon at first, as it may be that most workers are too small.
     *
     * @param inVain no live worker can serve it: it need not go round and round
     */
    public Instant dueElsewhere(Attempt attempt, boolean inVain, Instant now) {
        Duration longest = settings.retryDelay();
        if (inVain) {
            return now.plus(longest.multipliedBy(IN_VAIN));
        }
        Duration pause = doubled(FIRST_PAUSE, attempt.handedBack());
        return now.plus(pause.compareTo(longest) <= 0 ? pause : longest);
    }

    private static Duration doubled(Duration pause, int times) {
        return pause.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
    }
}
