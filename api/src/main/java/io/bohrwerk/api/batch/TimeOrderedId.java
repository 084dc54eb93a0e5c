package io.bohrwerk.api.batch;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Identifiers that sort by the time of their making (RFC 9562, version 7): rows of a table that only grows are then added at one end of its
 * index, which stays in memory, instead of all over it.
 */
final class TimeOrderedId {
    private static final int RANDOM_BITS_ABOVE = 12;
    private static final long VERSION = 7L << RANDOM_BITS_ABOVE;
    private static final long VARIANT = 1L << 63;
    private static final long BELOW_VARIANT = (1L << 62) - 1;

    private TimeOrderedId() {}

    /** 48 bits of milliseconds, then 74 random ones. They are no secrets, so their randomness need not be a secret's. */
    static UUID at(Instant moment) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long above = random.nextLong() & ((1L << RANDOM_BITS_ABOVE) - 1);
        return new UUID(moment.toEpochMilli() << 16 | VERSION | above, VARIANT | random.nextLong() & BELOW_VARIANT);
    }
}
