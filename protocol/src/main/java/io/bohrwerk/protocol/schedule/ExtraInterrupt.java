package io.bohrwerk.protocol.schedule;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An interrupt more in each iteration, besides the timer's own ones, at a chosen instruction. The agent in the guest brings it about by a timer
 * of its own, which under icount goes off at an exact instruction. In the k-th iteration of a batch, from 0, it comes
 * {@code offset + splitmix64(seed + k) mod window} instructions behind the test's begin; without a window, {@code offset}.
 *
 * @param offset instructions; 0 to 2<sup>32</sup>-1
 * @param window instructions over which it is spread; 0 for always at {@code offset}; 0 to 2<sup>32</sup>-1, and so is the sum
 * @param seed of a job: each of its batches has one of its own, made of it; of a batch: what stands in the formula. 0 to 2<sup>53</sup>-1; null
 *     while nobody has chosen it, and without a window
 */
public record ExtraInterrupt(
        long offset,
        long window,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long seed) {
    private static final long LARGEST_32_BIT = 0xffff_ffffL;
    private static final long SEEDS = 1L << 53;

    public ExtraInterrupt {
        require(offset >= 0 && offset <= LARGEST_32_BIT, "offset", offset, "must be between 0 and 2^32 - 1");
        require(window >= 0 && window <= LARGEST_32_BIT, "window", window, "must be between 0 and 2^32 - 1");
        require(
                offset + window <= LARGEST_32_BIT,
                "window",
                window,
                "must not lead past 2^32 - 1, with the offset of " + offset);
        require(
                seed == null || seed >= 0 && seed < SEEDS,
                "seed",
                String.valueOf(seed),
                "must be between 0 and 2^53 - 1");
        seed = window == 0 ? null : seed;
    }

    @JsonCreator
    static ExtraInterrupt of(@Nullable Long offset, @Nullable Long window, @Nullable Long seed) {
        return new ExtraInterrupt(offset == null ? 0 : offset, window == null ? 0 : window, seed);
    }

    /** Instructions behind the begin of a batch's k-th iteration, from 0, as the agent computes them too. */
    public long at(long k) {
        return window == 0 ? offset : offset + Long.remainderUnsigned(Delays.splitmix64(drawnBy() + k), window);
    }

    /** The seed of the formula; without meaning where there is no window. */
    public long drawnBy() {
        return seed == null ? 0 : seed;
    }

    /** With a seed, where it needs one and has none. */
    ExtraInterrupt seeded(long other) {
        return seed == null ? new ExtraInterrupt(offset, window, other) : this;
    }

    /** Of a job's batch: batches that follow each other draw from far apart. */
    ExtraInterrupt ofBatch(long number) {
        return new ExtraInterrupt(
                offset, window, (Delays.splitmix64(drawnBy()) ^ Delays.splitmix64(~number)) & SEEDS - 1);
    }
}
