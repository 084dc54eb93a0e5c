package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.VirtualTime;

/**
 * A strategy that can go through places in order and try each once. A batch that ends early, at a failure, leaves the rest of its places
 * to another: {@link Progress#place} then goes back to them.
 */
public sealed interface SteppedStrategy extends Strategy permits SweepStrategy, AlignedStrategy {
    /** How many places there are; 0 when the strategy draws instead. */
    long places(VirtualTime timerPeriod);

    @Override
    default boolean exhausted(Progress progress, VirtualTime timerPeriod) {
        return progress.place() >= places(timerPeriod);
    }
}
