package io.bohrwerk.api.strategy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.Aim;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timer's interrupt on each distinct place of the test once, as a trace of the test tells them; see {@link
 * io.bohrwerk.protocol.traced.Planner} for the order. Its places are known once the test was traced at each of the shifts.
 *
 * @param shifts one after the other, each with its own trace: the slower the CPU, the more ticks one iteration meets
 * @param aim what is tried first; null for nothing in particular
 */
public record TracedStrategy(
        List<Integer> shifts,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Aim aim) implements Strategy {
    /** Each delay is written out in the batch's row and message. */
    private static final int LARGEST_BATCH = 1_000;

    public TracedStrategy {
        shifts = Draw.requireDistinctShifts(shifts);
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        long rest = progress.place();
        for (int arm = 0; arm < progress.plans().size(); arm++) {
            TracedPlan plan = progress.plans().get(arm);
            if (rest < plan.size()) {
                int most = (int) Math.min(LARGEST_BATCH, progress.most());
                List<Long> delays = plan.delays((int) rest, most);
                return new Plan(Schedule.listed(shifts.get(arm), delays, Align.TICK), arm, delays.size());
            }
            rest -= plan.size();
        }
        throw new IllegalArgumentException("place " + progress.place() + " is past the last");
    }

    @Override
    public boolean exhausted(Progress progress, VirtualTime timerPeriod) {
        return progress.place() >= progress.places();
    }

    @Override
    public List<Arm> arms(VirtualTime timerPeriod) {
        return shifts.stream()
                .map(shift -> new Arm(Arm.Kind.TRACED, shift, 0, timerPeriod.instructions(shift)))
                .toList();
    }

    @Override
    public Sampling sampling() {
        return Sampling.PLACES;
    }
}
