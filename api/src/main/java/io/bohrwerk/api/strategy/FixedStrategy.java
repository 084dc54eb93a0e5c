package io.bohrwerk.api.strategy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Slices;
import java.util.List;

/**
 * One schedule, and therefore one batch: a second would be the same run, instruction by instruction.
 *
 * @param slices see {@link Slices}
 */
public record FixedStrategy(
        int shift,
        long delay,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> slices) implements Strategy {
    public FixedStrategy {
        Schedule.fixed(shift, delay); // knows the limits of both
        slices = Slices.of("slices", slices);
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        return Plan.of(Schedule.fixed(shift, delay).sliced(slices), 0);
    }

    @Override
    public boolean exhausted(Progress progress, VirtualTime timerPeriod) {
        return progress.number() >= 1;
    }

    @Override
    public List<Arm> arms(VirtualTime timerPeriod) {
        return List.of(new Arm(Arm.Kind.FIXED, shift, delay, 1));
    }

    @Override
    public List<Integer> turns() {
        return slices;
    }

    @Override
    public Sampling sampling() {
        return Sampling.ONE_RUN;
    }
}
