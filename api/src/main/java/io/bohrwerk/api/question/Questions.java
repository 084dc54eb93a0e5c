package io.bohrwerk.api.question;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.job.FixQuestion;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.JobRequest;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.job.Origin;
import io.bohrwerk.api.job.StrategyRequest;
import io.bohrwerk.api.job.Terms;
import io.bohrwerk.api.scheduling.Guests;
import io.bohrwerk.api.scheduling.Quota;
import io.bohrwerk.api.scheduling.Scheduler;
import io.bohrwerk.api.statistics.CleanRun;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.api.submission.Submission;
import io.bohrwerk.api.target.Target;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetManifest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes the jobs that answer questions about a job. They draw other phases than it did: the same ones could repeat the same runs,
 * instruction by instruction, and would then be no second sample.
 */
@Component
class Questions {
    private static final double DEFAULT_CONFIDENCE = 0.95;
    /** Tells rates apart that differ by a factor of about 2. */
    private static final double EXPECTED_FAILURES = 30;

    private final Jobs jobs;
    private final Comparisons comparisons;
    private final Submission submission;
    private final Scheduler scheduler;
    private final Quota quota;
    private final Guests guests;

    Questions(
            Jobs jobs,
            Comparisons comparisons,
            Submission submission,
            Scheduler scheduler,
            Quota quota,
            Guests guests) {
        this.jobs = jobs;
        this.comparisons = comparisons;
        this.submission = submission;
        this.scheduler = scheduler;
        this.quota = quota;
        this.guests = guests;
    }

    /** A job on the new target that runs as many iterations as it takes to say that the old job's failure is gone. */
    @Transactional
    Job isItFixed(Job old, FixRequest request) {
        requireSample(old.course().strategy(), "strategy", "job " + old.id());
        if (request.rate() == null && old.failures() == 0) {
            throw refused(
                    "rate",
                    "job " + old.id() + " has found no failure in " + old.iterations()
                            + " iterations, so its rate is not known: give one");
        }
        double confidence = request.confidence() == null ? DEFAULT_CONFIDENCE : request.confidence();
        double needed = new CleanRun(old.failures(), old.iterations(), request.rate(), confidence).needed();
        require(
                needed <= JobRequest.MOST_ITERATIONS,
                request.rate() == null ? "confidence" : "rate",
                request.rate() == null ? confidence : request.rate(),
                "would take " + needed + " iterations; a job may run " + JobRequest.MOST_ITERATIONS);
        Target target = submission.target(request.target());
        FixQuestion question =
                new FixQuestion(old.id(), old.failures(), old.iterations(), request.rate(), confidence, (long) needed);
        Instant now = now();
        Job job = side(
                old,
                target,
                null,
                null,
                old.setting(),
                "is it fixed? " + old.name(),
                question.needed(),
                1,
                question,
                null,
                now);
        quota.admit(job);
        guests.admit(job);
        scheduler.refill(jobs.saveAndFlush(job), now);
        return job;
    }

    /** Two jobs, one as the old one and one with what is to be other. */
    @Transactional
    Comparison compare(Job old, CompareRequest request) {
        requireSample(old.course().strategy(), "strategy", "job " + old.id());
        String named = request.with().target();
        Target first = submission.target(old.target().hex());
        Target second = named == null ? first : submission.target(named);
        Setting own =
                request.firstEmulator() == null ? old.setting() : Setting.on(request.firstEmulator(), old.setting());
        Setting setting =
                request.with().setting() == null ? own : request.with().setting();
        require(
                request.with().strategy() != null
                        || differ(own, setting)
                        || !second.id().equals(first.id()),
                named == null ? "with.setting" : "with.target",
                named == null ? "" : named,
                "is the job's own " + (named == null ? "setting" : "target") + ": both sides would be the same");
        long iterations = request.iterations() == null ? enough(old) : request.iterations();
        UUID id = UUID.randomUUID();
        Instant now = now();
        boolean sameSchedules = request.with().strategy() == null
                && second.id().equals(first.id())
                && !differ(Setting.on(null, own), Setting.on(null, setting));
        Strategy strategy = sameSchedules ? old.course().strategy().reseeded(StrategyRequest.seedOf(id)) : null;
        Job one = side(old, first, null, strategy, own, "compare: " + old.name(), iterations, 0, null, id, now);
        Job other = side(
                old,
                second,
                request.with().strategy(),
                strategy,
                setting,
                "compare, other: " + old.name(),
                iterations,
                0,
                null,
                id,
                now);
        requireSample(other.course().strategy(), "with.strategy", "the second side");
        quota.admit(one);
        guests.admit(one);
        jobs.saveAndFlush(one);
        quota.admit(other);
        guests.admit(other);
        jobs.saveAndFlush(other);
        double confidence = request.confidence() == null ? DEFAULT_CONFIDENCE : request.confidence();
        Comparison comparison = comparisons.save(new Comparison(id, old.id(), one.id(), other.id(), confidence, now));
        scheduler.refill(one, now);
        return comparison;
    }

    private static boolean differ(@Nullable Setting own, @Nullable Setting setting) {
        return !(own == null ? Setting.USUAL : own).equals(setting == null ? Setting.USUAL : setting);
    }

    private static long enough(Job old) {
        if (old.failures() == 0) {
            throw refused("iterations", "job " + old.id() + " has found no failure, so say how many to run");
        }
        double wanted = Math.ceil(EXPECTED_FAILURES * old.iterations() / old.failures());
        return (long) Math.min(wanted, JobRequest.MOST_ITERATIONS);
    }

    /** @param shared the strategy, with its seed, that both sides have; null for one with a seed of its own */
    private static Job side(
            Job old,
            Target target,
            @Nullable StrategyRequest chosen,
            @Nullable Strategy shared,
            @Nullable Setting setting,
            String name,
            long iterations,
            long stopAfterFailures,
            @Nullable FixQuestion question,
            @Nullable UUID comparison,
            Instant now) {
        UUID id = UUID.randomUUID();
        Setting whole = setting == null ? null : setting.seeded(StrategyRequest.seedOf(id));
        TargetManifest manifest = JobRequest.inSetting(target.manifest(), whole, "with.setting");
        Strategy strategy = shared != null
                ? shared
                : chosen == null
                        ? old.course().strategy().reseeded(StrategyRequest.seedOf(id))
                        : chosen.resolve(manifest, id);
        StrategyRequest.requireFits(strategy, manifest);
        JobRequest.requireFits(strategy, whole, "with.setting");
        String shown = name.length() <= 200 ? name : name.substring(0, 200);
        Terms terms = new Terms(
                shown,
                strategy,
                iterations,
                null,
                stopAfterFailures,
                null,
                old.batchSize().fitting(manifest.test()),
                old.keepCheckpoints(),
                old.priority(),
                whole,
                question,
                comparison);
        return new Job(id, target, terms, new Origin(null, null, now));
    }

    private static void requireSample(Strategy strategy, String field, String whose) {
        if (!strategy.sampling().random()) {
            throw refused(
                    field,
                    "the iterations of " + whose + " are " + strategy.sampling().meaning()
                            + ": nothing about chance can be computed from them; use a job with the strategy random,"
                            + " or aligned without a step");
        }
    }

    private static RefusedException refused(String field, String message) {
        return new RefusedException(HttpStatus.UNPROCESSABLE_CONTENT, field, message);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
