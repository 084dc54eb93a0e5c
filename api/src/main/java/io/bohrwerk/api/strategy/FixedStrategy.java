package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;

/** One schedule, and therefore one batch: a second would be the same run, instruction by instruction. */
public record FixedStrategy(int shift, long delay) implements Strategy {
    public FixedStrategy {
        Schedule.fixed(shift, delay); // knows the limits of both
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        return Plan.of(Schedule.fixed(shift, delay), 0);
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
    public Sampling sampling() {
        return Sampling.ONE_RUN;
    }
}
