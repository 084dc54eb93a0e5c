package io.bohrwerk.api.job;

import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Plan;
import io.bohrwerk.api.strategy.Progress;
import io.bohrwerk.api.strategy.SteppedStrategy;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.strategy.TracedStrategy;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.traced.Aim;
import io.bohrwerk.protocol.traced.TracedPlan;
import jakarta.persistence.Embeddable;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;
import org.jspecify.annotations.Nullable;

/**
 * A job's strategy, and how far it has come. Those that try each of their places once keep here which were given out; the others leave that as
 * it is.
 */
@Embeddable
public class Course {
    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    private Strategy strategy;

    private long timerPeriodNanos;
    private long placesPlanned;
    private @Nullable Long tracedPlaces;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Remainder> remainders = List.of();

    @SuppressWarnings("NullAway.Init")
    protected Course() {}

    Course(Strategy strategy, VirtualTime timerPeriod) {
        this.strategy = strategy;
        this.timerPeriodNanos = timerPeriod.nanos();
    }

    public Strategy strategy() {
        return strategy;
    }

    public VirtualTime timerPeriod() {
        return new VirtualTime(timerPeriodNanos);
    }

    /** What the strategy tries first; null for nothing in particular. */
    @Nullable
    public Aim aim() {
        return strategy instanceof TracedStrategy traced ? traced.aim() : null;
    }

    /** Whether the test must be traced before there can be batches. */
    boolean awaitsTraces() {
        return strategy instanceof TracedStrategy && tracedPlaces == null;
    }

    /** Whether each place is tried once. */
    public boolean stepped() {
        return places() > 0;
    }

    /** How many places the strategy goes through; 0 when it does not. */
    public long places() {
        if (strategy instanceof TracedStrategy) {
            return tracedPlaces == null ? 0 : tracedPlaces;
        }
        return strategy instanceof SteppedStrategy steps ? steps.places(timerPeriod()) : 0;
    }

    /**
     * Where the next batch stands.
     *
     * @param batches created so far
     * @param counts what was counted of the strategy's arms, if it learns
     * @param plans of its traces, if it is traced
     * @param most iterations that the batch may have
     */
    Progress progress(long batches, List<ArmCount> counts, List<TracedPlan> plans, long most) {
        return new Progress(
                batches,
                remainders.isEmpty() ? placesPlanned : remainders.get(0).place(),
                counts,
                tracedPlaces == null ? Long.MAX_VALUE : tracedPlaces,
                plans,
                remainders.isEmpty() ? most : Math.min(most, remainders.get(0).count()));
    }

    Plan next(Progress progress) {
        return strategy.next(progress, timerPeriod());
    }

    boolean exhausted(Progress progress) {
        return strategy.exhausted(progress, timerPeriod());
    }

    /** The places of batches that ended at a failure, which are yet to be tried. */
    public List<Remainder> remainders() {
        return remainders;
    }

    /** How many places were given out, the remainders included. */
    public long given() {
        return placesPlanned;
    }

    /** What to try after all of a traced test's places passed; null for other strategies. */
    @Nullable
    String advice() {
        return strategy instanceof TracedStrategy traced
                ? "the timer's interrupt was put on each of the " + places() + " places of the plan at shift "
                        + traced.shifts()
                        + " once, and no iteration failed. What to vary next: other shifts (a larger one puts"
                        + " more interrupts into an iteration), another CPU model or timer frequency, or the strategy"
                        + " random, which also meets what the traced iteration did not execute"
                : null;
    }

    void traced(long places) {
        tracedPlaces = places;
    }

    /** Gives out places, those of {@link #remainders} first. @return how many of them, at most {@code most} */
    long take(long most) {
        if (remainders.isEmpty()) {
            placesPlanned += most;
            return most;
        }
        List<Remainder> rest = new ArrayList<>(remainders);
        Remainder first = rest.remove(0);
        long taken = Math.min(most, first.count());
        if (taken < first.count()) {
            rest.add(0, new Remainder(first.place() + taken, (int) (first.count() - taken)));
        }
        remainders = rest;
        return taken;
    }

    /** Takes back places that a batch did not come to. */
    void untried(long place, int count) {
        List<Remainder> more = new ArrayList<>(remainders);
        more.add(new Remainder(place, count));
        remainders = more;
    }
}
