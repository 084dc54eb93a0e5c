package io.bohrwerk.api.submission;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.scheduling.Arms;
import io.bohrwerk.api.strategy.AdaptiveStrategy;
import io.bohrwerk.api.strategy.Arm;
import io.bohrwerk.api.strategy.ArmCount;
import io.bohrwerk.api.strategy.Sampling;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.worker.Fleet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Jobs with what is known of them beside their own row. */
@Component
public class JobViews {
    private final Arms arms;

    JobViews(Arms arms) {
        this.arms = arms;
    }

    public JobView of(Job job, Fleet.Activity activity) {
        return JobView.from(job, activity, underRandom(job));
    }

    public List<ArmView> arms(Job job) {
        List<Arm> parts = job.course().strategy().arms(job.course().timerPeriod());
        return ArmView.of(job.course().strategy(), parts, arms.of(job.id(), parts.size()));
    }

    private @Nullable ArmCount underRandom(Job job) {
        Strategy strategy = job.course().strategy();
        if (strategy.sampling() == Sampling.RANDOM_PHASES) {
            return new ArmCount(job.totals().batchesCompleted(), job.iterations(), job.failures());
        }
        if (!(strategy instanceof AdaptiveStrategy)) {
            return null;
        }
        ArmCount sum = ArmCount.NOTHING;
        List<Arm> parts = strategy.arms(job.course().timerPeriod());
        List<ArmCount> counts = arms.of(job.id(), parts.size());
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).kind() == Arm.Kind.RANDOM) {
                ArmCount count = counts.get(i);
                sum = new ArmCount(
                        sum.batches() + count.batches(),
                        sum.iterations() + count.iterations(),
                        sum.failures() + count.failures());
            }
        }
        return sum.iterations() == 0 ? null : sum;
    }
}
