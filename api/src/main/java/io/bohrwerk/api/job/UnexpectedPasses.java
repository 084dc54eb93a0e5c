package io.bohrwerk.api.job;

import io.bohrwerk.protocol.batch.UnexpectedPass;
import java.util.ArrayList;
import java.util.List;

/**
 * A subtest that was expected to fail, and passed, in a job.
 *
 * @param subtest as the target's {@code expectedFailures} have it
 * @param batches in how many of them
 * @param firstBatch number of the first that was counted
 * @param firstIteration of that batch
 */
public record UnexpectedPasses(String subtest, long batches, long firstBatch, long firstIteration) {
    /** The list with those of another batch, in the order in which they were first seen. */
    static List<UnexpectedPasses> plus(List<UnexpectedPasses> all, long batch, List<UnexpectedPass> more) {
        List<UnexpectedPasses> sums = new ArrayList<>(all);
        for (UnexpectedPass pass : more) {
            int at = 0;
            while (at < sums.size() && !sums.get(at).subtest().equals(pass.subtest())) {
                at++;
            }
            if (at < sums.size()) {
                UnexpectedPasses sum = sums.get(at);
                sums.set(
                        at,
                        new UnexpectedPasses(sum.subtest(), sum.batches() + 1, sum.firstBatch(), sum.firstIteration()));
            } else if (sums.size() < UnexpectedPass.MOST) {
                sums.add(new UnexpectedPasses(pass.subtest(), 1, batch, pass.iteration()));
            }
        }
        return List.copyOf(sums);
    }
}
