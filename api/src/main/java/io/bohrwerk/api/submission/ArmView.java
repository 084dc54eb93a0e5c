package io.bohrwerk.api.submission;

import io.bohrwerk.api.job.Rate;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.strategy.AdaptiveStrategy;
import io.bohrwerk.api.strategy.Arm;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Sampling;
import io.bohrwerk.api.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.jspecify.annotations.Nullable;

/**
 * An arm of a job's strategy as the API shows it.
 *
 * @param number as batches name it
 * @param rateMeaning what {@code failureRate} is a rate of
 * @param posterior what an adaptive strategy believes of the arm's rate; null for others
 */
public record ArmView(
        int number,
        Arm.Kind strategy,
        int shift,
        Delays delays,
        long batches,
        long iterations,
        long failures,
        Rate failureRate,
        String rateMeaning,
        @Nullable Posterior posterior) {
    /** Instructions. @param to excluded */
    record Delays(long from, long to) {}

    /** A beta distribution, with its mean and its central 95 %. */
    public record Posterior(double alpha, double beta, double mean, double low, double high) {
        private static final double TAIL = 0.025;

        static Posterior of(ArmCount count) {
            BetaDistribution beta = AdaptiveStrategy.posterior(count);
            return new Posterior(
                    beta.getAlpha(),
                    beta.getBeta(),
                    beta.getMean(),
                    beta.inverseCumulativeProbability(TAIL),
                    beta.inverseSurvivalProbability(TAIL));
        }
    }

    static List<ArmView> of(Strategy strategy, List<Arm> arms, List<ArmCount> counts) {
        List<ArmView> views = new ArrayList<>();
        for (int number = 0; number < arms.size(); number++) {
            Arm arm = arms.get(number);
            ArmCount count = counts.get(number);
            Sampling sampling = arm.kind().sampling();
            views.add(new ArmView(
                    number,
                    arm.kind(),
                    arm.shift(),
                    new Delays(arm.from(), arm.from() + arm.length()),
                    count.batches(),
                    count.iterations(),
                    count.failures(),
                    Rate.of(FailureRate.of(count.failures(), count.iterations()), sampling),
                    sampling.meaning(),
                    strategy instanceof AdaptiveStrategy ? Posterior.of(count) : null));
        }
        return views;
    }
}
