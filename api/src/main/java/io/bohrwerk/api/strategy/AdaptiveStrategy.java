package io.bohrwerk.api.strategy;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * Thompson sampling: from each arm's posterior a rate is drawn, and the arm with the highest gets the batch. W. R. Thompson, "On the
 * likelihood that one unknown probability exceeds another in view of the evidence of two samples", Biometrika 25 (1933), 285-294; as
 * a bandit: O. Chapelle, L. Li, "An empirical evaluation of Thompson sampling", NIPS 2011.
 *
 * <p>An arm is a shift with {@code random} phases, or a shift with {@code aligned} delays of one bucket of the period. With k failures
 * in n iterations its posterior is Beta(1 + k, 1 + n - k). While nothing has failed, the posteriors favour the arms that were tried
 * least, so all are tried alike. Reports of batches in flight are missing from the posteriors; the draws keep those batches apart all
 * the same. Takes memory for one number per arm, however many batches there were.
 *
 * @param shifts of the arms
 * @param strategies of the arms
 * @param buckets into which the period is cut for aligned arms
 * @param floor share of batches that go to an arm drawn evenly, whatever was found: an arm whose first million iterations had bad luck
 *     is never given up
 * @param seed of the draws; 0 to 2<sup>53</sup>-1
 */
public record AdaptiveStrategy(List<Integer> shifts, List<Arm.Kind> strategies, int buckets, double floor, long seed)
        implements Strategy {
    public static final int DEFAULT_BUCKETS = 8;
    public static final double DEFAULT_FLOOR = 0.1;
    private static final int MOST_BUCKETS = 64;

    public AdaptiveStrategy {
        shifts = Draw.requireDistinctShifts(shifts);
        require(
                !strategies.isEmpty()
                        && strategies.stream().distinct().count() == strategies.size()
                        && List.of(Arm.Kind.RANDOM, Arm.Kind.ALIGNED).containsAll(strategies),
                "strategies",
                strategies,
                "must be random, aligned, or both, each once: without them there is no arm to choose");
        strategies = List.copyOf(strategies);
        require(buckets >= 1 && buckets <= MOST_BUCKETS, "buckets", buckets, "must be between 1 and " + MOST_BUCKETS);
        require(floor > 0 && floor <= 1, "floor", floor, "must be above 0 and at most 1");
        Draw.requireSeed(seed);
    }

    @Override
    public Plan next(Progress progress, VirtualTime timerPeriod) {
        List<Arm> arms = arms(timerPeriod);
        Draw draw = new Draw(seed, progress.number());
        int chosen = choose(arms.size(), progress.counts(), new SplittableRandom(draw.bits()));
        Arm arm = arms.get(chosen);
        Align align = arm.kind() == Arm.Kind.ALIGNED ? Align.TICK : Align.NONE;
        return Plan.of(new Schedule(arm.shift(), arm.from(), 0, arm.length(), draw.seed(), align), chosen);
    }

    private int choose(int arms, List<ArmCount> counts, SplittableRandom random) {
        if (random.nextDouble() < floor) {
            return random.nextInt(arms);
        }
        UniformRandomProvider bits = random::nextLong;
        int best = 0;
        double highest = -1;
        for (int arm = 0; arm < arms; arm++) {
            ArmCount count = arm < counts.size() ? counts.get(arm) : ArmCount.NOTHING;
            double rate = posterior(count).createSampler(bits).sample();
            if (rate > highest) {
                highest = rate;
                best = arm;
            }
        }
        return best;
    }

    /** What is known of an arm's rate. */
    public static BetaDistribution posterior(ArmCount count) {
        return BetaDistribution.of(1.0 + count.failures(), 1.0 + count.iterations() - count.failures());
    }

    @Override
    public boolean exhausted(Progress progress, VirtualTime timerPeriod) {
        return progress.number() >= Draw.BATCHES;
    }

    @Override
    public List<Arm> arms(VirtualTime timerPeriod) {
        List<Arm> arms = new ArrayList<>();
        for (int shift : shifts) {
            long period = timerPeriod.instructions(shift);
            if (strategies.contains(Arm.Kind.RANDOM)) {
                arms.add(new Arm(Arm.Kind.RANDOM, shift, 0, period));
            }
            long parts = strategies.contains(Arm.Kind.ALIGNED) ? Math.min(buckets, period) : 0;
            for (long part = 0; part < parts; part++) {
                long from = period * part / parts;
                arms.add(new Arm(Arm.Kind.ALIGNED, shift, from, period * (part + 1) / parts - from));
            }
        }
        return arms;
    }

    @Override
    public Sampling sampling() {
        return Sampling.ADAPTIVE;
    }

    @Override
    public Strategy reseeded(long other) {
        return new AdaptiveStrategy(shifts, strategies, buckets, floor, other);
    }
}
