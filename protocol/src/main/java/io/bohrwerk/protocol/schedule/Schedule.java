package io.bohrwerk.protocol.schedule;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timing coordinates of a batch: how fast the virtual CPU is, and how long the agent waits before each iteration.
 *
 * @param shift QEMU's icount shift, see {@link Shift}
 * @param delay instructions before every iteration; 0 to 2<sup>32</sup>-1
 * @param stride instructions added from one iteration to the next when {@code seed} is 0; 0 to 2<sup>32</sup>-1
 * @param window instructions over which the delays spread; 0 for none; 0 to 2<sup>32</sup>-1
 * @param seed of the delays; 0 for none. Kept below 2<sup>53</sup>, so that a page can show it as a number
 * @param align what the agent waits for before the delay
 * @param delays the delays themselves, one for each iteration, instead of all the numbers above; empty for none, at most
 *     {@value #MOST_DELAYS}, each 0 to 2<sup>32</sup>-1
 * @param setting what is other than usual in the machine; null for nothing, as in messages and rows from before there were settings
 * @param slices how often several CPUs take turns, see {@link Slices}: up to {@value Slices#MOST} intervals in microseconds of the guest's time;
 *     empty for the emulator's own turns
 */
public record Schedule(
        int shift,
        long delay,
        long stride,
        long window,
        long seed,
        Align align,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Long> delays,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Setting setting,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> slices) {
    private static final long LARGEST_32_BIT = 0xffff_ffffL;
    /** What the agent in the guest has room for. */
    public static final int MOST_DELAYS = 16_384;

    public Schedule {
        present(align, "align");
        delays = delays == null ? List.of() : delays; // messages and rows from before there were lists
        Shift.require("shift", shift);
        require32Bit("delay", delay);
        require32Bit("stride", stride);
        require32Bit("window", window);
        require(seed >= 0 && seed < 1L << 53, "seed", seed, "must be between 0 and 2^53 - 1");
        require(delays.size() <= MOST_DELAYS, "delays", delays.size() + " numbers", "must be at most " + MOST_DELAYS);
        for (int k = 0; k < delays.size(); k++) {
            require32Bit("delays[" + k + "]", present(delays.get(k), "delays[" + k + "]"));
        }
        require(
                delays.isEmpty() || (delay | stride | window | seed) == 0,
                "delays",
                delays.size() + " numbers",
                "must not stand beside a delay, stride, window or seed");
        delays = List.copyOf(delays);
        setting = setting == null || setting.usual() ? null : setting;
        slices = Slices.of("slices", slices);
    }

    /** With the emulator's own turns. */
    public Schedule(
            int shift,
            long delay,
            long stride,
            long window,
            long seed,
            Align align,
            List<Long> delays,
            @Nullable Setting setting) {
        this(shift, delay, stride, window, seed, align, delays, setting, List.of());
    }

    /** In a machine in which nothing is other than usual. */
    public Schedule(int shift, long delay, long stride, long window, long seed, Align align, List<Long> delays) {
        this(shift, delay, stride, window, seed, align, delays, null);
    }

    /** Without a list. */
    public Schedule(int shift, long delay, long stride, long window, long seed, Align align) {
        this(shift, delay, stride, window, seed, align, List.of());
    }

    /** The same delay before every iteration. */
    public static Schedule fixed(int shift, long delay) {
        return new Schedule(shift, delay, 0, 0, 0, Align.NONE);
    }

    /** Delays drawn from {@code 0} to {@code window - 1} by {@code seed}. */
    public static Schedule random(int shift, long window, long seed) {
        return new Schedule(shift, 0, 0, window, seed, Align.NONE);
    }

    /** These delays, one for each iteration. */
    public static Schedule listed(int shift, List<Long> delays, Align align) {
        return new Schedule(shift, 0, 0, 0, 0, align, delays);
    }

    /** The same in another machine. */
    public Schedule under(@Nullable Setting other) {
        return new Schedule(shift, delay, stride, window, seed, align, delays, other, slices);
    }

    /** The same with other turns of the CPUs. */
    public Schedule sliced(List<Integer> others) {
        return new Schedule(shift, delay, stride, window, seed, align, delays, setting, others);
    }

    /** The longest delay before an iteration, in instructions; never too small. */
    public long longestDelay() {
        return delays.isEmpty()
                ? delay + window
                : delays.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** @throws InvalidInputException when there are more iterations than listed delays */
    public void requireServes(int iterations) {
        require(
                delays.isEmpty() || iterations <= delays.size(),
                "iterations",
                iterations,
                "must not be above the number of the schedule's delays, " + delays.size());
    }

    private static void require32Bit(String field, long value) {
        require(value >= 0 && value <= LARGEST_32_BIT, field, value, "must be between 0 and 2^32 - 1");
    }
}
