package io.bohrwerk.api.strategy;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Shift;
import java.util.List;

/** What the strategies that draw have in common. A batch's draw follows from the job's seed and the batch's number alone. */
final class Draw {
    private static final int MOST_SHIFTS = 32;
    private static final long SEEDS = 1L << 53;
    /** Batches that differ: as many as there are seeds for the agent, less the one that means "no seed". */
    static final long BATCHES = SEEDS - 1;

    private final long bits;

    Draw(long seed, long number) {
        this.bits = Delays.splitmix64(seed + number);
    }

    /** One of {@code count}. */
    int index(int count) {
        return (int) Long.remainderUnsigned(bits, count);
    }

    /** The seed of the batch's own delays. */
    long seed() {
        return 1 + Long.remainderUnsigned(Delays.splitmix64(bits), SEEDS - 1);
    }

    /** For further draws. */
    long bits() {
        return Delays.splitmix64(bits ^ 0x6a09e667f3bcc909L);
    }

    /** Uniform in [0, 1). */
    double fraction() {
        return (bits() >>> 11) * 0x1p-53;
    }

    static void requireSeed(long seed) {
        require(seed >= 0 && seed < SEEDS, "seed", seed, "must be between 0 and 2^53 - 1");
    }

    static List<Integer> requireShifts(List<Integer> shifts) {
        require(
                !shifts.isEmpty() && shifts.size() <= MOST_SHIFTS,
                "shifts",
                shifts,
                "must be 1 to " + MOST_SHIFTS + " icount shifts");
        shifts.forEach(shift -> Shift.require("shifts", shift));
        return List.copyOf(shifts);
    }

    /** For strategies to which a shift named twice would be the same work twice. */
    static List<Integer> requireDistinctShifts(List<Integer> shifts) {
        requireShifts(shifts);
        require(shifts.stream().distinct().count() == shifts.size(), "shifts", shifts, "must each be named once");
        return List.copyOf(shifts);
    }
}
