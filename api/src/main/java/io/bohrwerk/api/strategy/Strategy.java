package io.bohrwerk.api.strategy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bohrwerk.protocol.VirtualTime;
import java.util.List;

/**
 * How the schedules of a job's batches are chosen. A pure function of the job's own words and of its {@link Progress}, so that the same
 * job, told the same, gives the same schedules on any day.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FixedStrategy.class, name = "fixed"),
    @JsonSubTypes.Type(value = RandomStrategy.class, name = "random"),
    @JsonSubTypes.Type(value = SweepStrategy.class, name = "sweep"),
    @JsonSubTypes.Type(value = AlignedStrategy.class, name = "aligned"),
    @JsonSubTypes.Type(value = TracedStrategy.class, name = "traced"),
    @JsonSubTypes.Type(value = AdaptiveStrategy.class, name = "adaptive")
})
public sealed interface Strategy
        permits FixedStrategy, RandomStrategy, SteppedStrategy, TracedStrategy, AdaptiveStrategy {
    /**
     * The next batch.
     *
     * @param timerPeriod virtual time between two timer interrupts of the target
     */
    Plan next(Progress progress, VirtualTime timerPeriod);

    /** Whether every schedule was given out. A further one would repeat one of them, and tell nothing new. */
    boolean exhausted(Progress progress, VirtualTime timerPeriod);

    /** The parts whose failures are counted apart, in a fixed order; at least one. */
    List<Arm> arms(VirtualTime timerPeriod);

    /** What a share of failing iterations is a share of. */
    @JsonIgnore
    Sampling sampling();

    /** How often the CPUs take turns in its batches, see {@link io.bohrwerk.protocol.schedule.Slices}; empty for the emulator's own turns. */
    @JsonIgnore
    default List<Integer> turns() {
        return List.of();
    }

    /** The same strategy with other draws: a sample that owes nothing to the first one's. */
    default Strategy reseeded(long seed) {
        return this;
    }
}
