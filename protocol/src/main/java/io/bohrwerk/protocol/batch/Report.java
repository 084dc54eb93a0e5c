package io.bohrwerk.protocol.batch;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of one attempt at a piece of {@link Work}. May arrive more than once. */
public interface Report {
    /** Of the work, see {@link Work#kind}. */
    String kind();

    /** Of the work; with {@link #attempt} it tells copies of a report apart. */
    UUID workId();

    int attempt();

    /** Who did it. */
    String workerId();

    Instant startedAt();

    Instant finishedAt();

    /** Reports with the same key arrive in their order. */
    String key();

    /** Why the attempt gave no result; null when it gave one. */
    @Nullable
    Trouble trouble();

    /** Infrastructure trouble: it says nothing about the test. */
    interface Trouble {
        InfrastructureTrouble kind();

        /** One line for people. */
        String message();
    }
}
