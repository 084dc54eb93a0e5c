package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agent waits for the tick and then so long that the next one comes while the test runs: with a delay of the period less {@code o}
 * the tick lands {@code o} instructions after the delay's end. So only the test's length is covered and not the whole period.
 *
 * @param shifts to draw from, or to go through
 * @param length instructions of the test, with what the agent needs between the tick and the test; more than a period counts as a
 *     period, since every place meets a tick then
 * @param step null to draw the offsets at random, else instructions from one to the next, each tried once
 * @param seed of the draws; 0 to 2<sup>53</sup>-1
 */
public record AlignedStrategy(
        List<Integer> shifts, long length, @Nullable Long step, long seed) implements SteppedStrategy {
    public AlignedStrategy {
        shifts = Draw.requireDistinctShifts(shifts);
        Steps.requireLength(length);
        if (step != null) {
            Steps.requireStep(step);
        }
        Draw.requireSeed(seed);
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        if (step != null) {
            return new Steps(shifts, length, step).from(progress.place(), timerPeriod);
        }
        Draw draw = new Draw(seed, progress.number());
        int arm = draw.index(shifts.size());
        int shift = shifts.get(arm);
        long window = Steps.within(length, shift, timerPeriod);
        long delay = timerPeriod.instructions(shift) - window;
        return Plan.of(new Schedule(shift, delay, 0, window, draw.seed(), Align.TICK), arm);
    }

    @Override
    public long places(VirtualTime timerPeriod) {
        return step == null ? 0 : new Steps(shifts, length, step).places(timerPeriod);
    }

    @Override
    public boolean exhausted(Progress progress, VirtualTime timerPeriod) {
        return step == null
                ? progress.number() >= Draw.BATCHES
                : SteppedStrategy.super.exhausted(progress, timerPeriod);
    }

    @Override
    public List<Arm> arms(VirtualTime timerPeriod) {
        List<Arm> stepped = new Steps(shifts, length, 1).arms(timerPeriod);
        return step != null
                ? stepped
                : stepped.stream()
                        .map(arm -> new Arm(Arm.Kind.ALIGNED, arm.shift(), arm.from(), arm.length()))
                        .toList();
    }

    @Override
    public Sampling sampling() {
        return step == null ? Sampling.RANDOM_OFFSETS : Sampling.PLACES;
    }

    @Override
    public Strategy reseeded(long other) {
        return new AlignedStrategy(shifts, length, step, other);
    }
}
