package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;

/**
 * For each batch a shift out of a set, and delays spread over one timer period, so that the test starts at every phase of the clock.
 *
 * @param shifts to draw from; each as likely as it is often in the list
 * @param seed of the job; 0 to 2<sup>53</sup>-1
 */
public record RandomStrategy(List<Integer> shifts, long seed) implements Strategy {
    public RandomStrategy {
        shifts = Draw.requireShifts(shifts);
        Draw.requireSeed(seed);
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        Draw draw = new Draw(seed, progress.number());
        int shift = shifts.get(draw.index(shifts.size()));
        int arm = shifts.stream().distinct().toList().indexOf(shift);
        return Plan.of(Schedule.random(shift, timerPeriod.instructions(shift), draw.seed()), arm);
    }

    @Override
    public boolean exhausted(Progress progress, VirtualTime timerPeriod) {
        return progress.number() >= Draw.BATCHES;
    }

    @Override
    public List<Arm> arms(VirtualTime timerPeriod) {
        return shifts.stream()
                .distinct()
                .map(shift -> new Arm(Arm.Kind.RANDOM, shift, 0, timerPeriod.instructions(shift)))
                .toList();
    }

    @Override
    public Sampling sampling() {
        return Sampling.RANDOM_PHASES;
    }

    @Override
    public Strategy reseeded(long other) {
        return new RandomStrategy(shifts, other);
    }
}
