package io.bohrwerk.api.submission;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.bohrwerk.api.crash.CrashView;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Rate;
import io.bohrwerk.api.statistics.FailureRate;
import io.bohrwerk.api.strategy.Sampling;

/**
 * A crash as one job met it.
 *
 * @param failuresInJob of the crash's failures, those of this job
 * @param rateInJob of them, per iteration of the job
 * @param rateMeaning what {@code rateInJob} is a rate of
 */
record JobCrashView(@JsonUnwrapped CrashView crash, long failuresInJob, Rate rateInJob, String rateMeaning) {
    static JobCrashView of(Job job, CrashView crash, long failures) {
        Sampling sampling = job.course().strategy().sampling();
        return new JobCrashView(
                crash,
                failures,
                Rate.of(FailureRate.of(failures, Math.max(failures, job.iterations())), sampling),
                sampling.meaning());
    }
}
