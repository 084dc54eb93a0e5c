package io.bohrwerk.protocol.schedule;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

/**
 * The timing coordinates of a batch: how fast the virtual CPU is, and how long the agent waits before each iteration.
 *
 * @param shift QEMU's icount shift: an instruction lasts 2<sup>shift</sup> ns of virtual time; 0 to 10
 * @param delay instructions before every iteration; 0 to 2<sup>32</sup>-1
 * @param stride instructions added from one iteration to the next when {@code seed} is 0; 0 to 2<sup>32</sup>-1
 * @param window instructions over which the delays spread; 0 for none; 0 to 2<sup>32</sup>-1
 * @param seed of the delays; 0 for none. Kept below 2<sup>53</sup>, so that a page can show it as a number
 * @param align what the agent waits for before the delay
 */
public record Schedule(int shift, long delay, long stride, long window, long seed, Align align) {
    private static final long LARGEST_32_BIT = 0xffff_ffffL;
    /** Above this QEMU's own limit an instruction would last longer than a microsecond. */
    public static final int LARGEST_SHIFT = 10;

    public Schedule {
        present(align, "align");
        require(shift >= 0 && shift <= LARGEST_SHIFT, "shift", shift, "must be between 0 and " + LARGEST_SHIFT);
        require32Bit("delay", delay);
        require32Bit("stride", stride);
        require32Bit("window", window);
        require(seed >= 0 && seed < 1L << 53, "seed", seed, "must be between 0 and 2^53 - 1");
    }

    /** The same delay before every iteration. */
    public static Schedule fixed(int shift, long delay) {
        return new Schedule(shift, delay, 0, 0, 0, Align.NONE);
    }

    /** Delays drawn from {@code 0} to {@code window - 1} by {@code seed}. */
    public static Schedule random(int shift, long window, long seed) {
        return new Schedule(shift, 0, 0, window, seed, Align.NONE);
    }

    private static void require32Bit(String field, long value) {
        require(value >= 0 && value <= LARGEST_32_BIT, field, value, "must be between 0 and 2^32 - 1");
    }
}
