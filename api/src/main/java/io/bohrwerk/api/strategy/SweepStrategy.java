package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.VirtualTime;
import java.util.List;

/**
 * Every phase of the timer period in order, each once: the agent waits for the tick, and the delay after it grows by a step from one
 * iteration to the next. With a step of 1 the share of places that fail is the true rate under random phases, not an estimate of it.
 *
 * @param shifts one after the other, each with a whole period
 * @param step instructions; 1 tries every place
 */
public record SweepStrategy(List<Integer> shifts, long step) implements SteppedStrategy {
    public SweepStrategy {
        shifts = Draw.requireDistinctShifts(shifts);
        Steps.requireStep(step);
    }

    private Steps steps() {
        return new Steps(shifts, Long.MAX_VALUE, step);
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        return steps().from(progress.place(), timerPeriod);
    }

    @Override
    public long places(VirtualTime timerPeriod) {
        return steps().places(timerPeriod);
    }

    @Override
    public List<Arm> arms(VirtualTime timerPeriod) {
        return steps().arms(timerPeriod);
    }

    @Override
    public Sampling sampling() {
        return Sampling.PLACES;
    }
}
