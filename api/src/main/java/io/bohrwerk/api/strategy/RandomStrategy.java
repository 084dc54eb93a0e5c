package io.bohrwerk.api.strategy;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Slices;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For each batch a shift out of a set, and delays spread over one timer period, so that the test starts at every phase of the clock.
 *
 * @param shifts to draw from; each as likely as it is often in the list
 * @param seed of the job; 0 to 2<sup>53</sup>-1
 * @param slices of every batch, see {@link Slices}
 * @param drawnSlices a slice is drawn from it for each batch; null for none. Not beside {@code slices}
 */
public record RandomStrategy(
        List<Integer> shifts,
        long seed,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> slices,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SliceRange drawnSlices)
        implements Strategy {
    public RandomStrategy {
        shifts = Draw.requireShifts(shifts);
        Draw.requireSeed(seed);
        slices = Slices.of("slices", slices);
        require(
                slices.isEmpty() || drawnSlices == null,
                "drawnSlices",
                String.valueOf(drawnSlices),
                "does not go with slices: each batch has either those or one that is drawn");
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        Draw draw = new Draw(seed, progress.number());
        int shift = shifts.get(draw.index(shifts.size()));
        int arm = shifts.stream().distinct().toList().indexOf(shift);
        return Plan.of(
                Schedule.random(shift, timerPeriod.instructions(shift), draw.seed())
                        .sliced(drawnSlices == null ? slices : List.of(drawnSlices.at(draw.fraction()))),
                arm);
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
    public List<Integer> turns() {
        return drawnSlices == null ? slices : List.of(drawnSlices.least(), drawnSlices.most());
    }

    @Override
    public Sampling sampling() {
        return Sampling.RANDOM_PHASES;
    }

    @Override
    public Strategy reseeded(long other) {
        return new RandomStrategy(shifts, other, slices, drawnSlices);
    }
}
