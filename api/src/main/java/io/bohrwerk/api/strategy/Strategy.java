package io.bohrwerk.api.strategy;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;

/**
 * How the schedules of a job's batches are chosen. A pure function of the job's own words and the batch's number, so that the same job
 * gives the same schedules on any day.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Strategy.Fixed.class, name = "fixed"),
    @JsonSubTypes.Type(value = Strategy.Random.class, name = "random")
})
public sealed interface Strategy {
    /**
     * The schedule of one batch.
     *
     * @param number of the batch in its job, from 0
     * @param timerPeriod virtual time between two timer interrupts of the target
     */
    Schedule schedule(long number, VirtualTime timerPeriod);

    /** How many batches differ from one another. A further one would repeat one of them, and tell nothing new. */
    long batches();

    /** One schedule, and therefore one batch: a second would be the same run, instruction by instruction. */
    record Fixed(int shift, long delay) implements Strategy {
        public Fixed {
            Schedule.fixed(shift, delay); // knows the limits of both
        }

        @Override
        public Schedule schedule(long number, VirtualTime timerPeriod) {
            return Schedule.fixed(shift, delay);
        }

        @Override
        public long batches() {
            return 1;
        }
    }

    /**
     * For each batch a shift out of a set, and delays spread over one timer period, so that the test starts at every phase of the clock.
     *
     * @param shifts to draw from; each as likely as it is often in the list
     * @param seed of the job; 0 to 2<sup>53</sup>-1
     */
    record Random(List<Integer> shifts, long seed) implements Strategy {
        private static final int MOST_SHIFTS = 32;
        private static final long SEEDS = 1L << 53;

        public Random {
            shifts = List.copyOf(shifts);
            require(
                    !shifts.isEmpty() && shifts.size() <= MOST_SHIFTS,
                    "shifts",
                    shifts,
                    "must be 1 to " + MOST_SHIFTS + " icount shifts");
            for (int shift : shifts) {
                require(
                        shift >= 0 && shift <= Schedule.LARGEST_SHIFT,
                        "shifts",
                        shift,
                        "must be between 0 and " + Schedule.LARGEST_SHIFT);
            }
            require(seed >= 0 && seed < SEEDS, "seed", seed, "must be between 0 and 2^53 - 1");
        }

        @Override
        public Schedule schedule(long number, VirtualTime timerPeriod) {
            long draw = Delays.splitmix64(seed + number);
            int shift = shifts.get((int) Long.remainderUnsigned(draw, shifts.size()));
            // 0 would mean "no seed" to the agent.
            long batchSeed = 1 + Long.remainderUnsigned(Delays.splitmix64(draw), SEEDS - 1);
            return Schedule.random(shift, timerPeriod.instructions(shift), batchSeed);
        }

        @Override
        public long batches() {
            return SEEDS - 1;
        }
    }
}
