package io.bohrwerk.api.scheduling;

import io.bohrwerk.api.check.Checks;
import io.bohrwerk.api.check.TargetCheck;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.strategy.Arm;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.conformance.Conformance.Verdict;
import io.bohrwerk.protocol.conformance.GuestKey;
import io.bohrwerk.protocol.schedule.Setting;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps jobs from guests that do not serve what they need: by what the target's check found, or will have found. */
@Component
public class Guests {
    private final Jobs jobs;
    private final Checks checks;
    private final Tracing tracing;
    private final Scheduler scheduler;
    private final TransactionTemplate transaction;

    Guests(Jobs jobs, Checks checks, Tracing tracing, Scheduler scheduler, TransactionTemplate transaction) {
        this.jobs = jobs;
        this.checks = checks;
        this.tracing = tracing;
        this.scheduler = scheduler;
        this.transaction = transaction;
    }

    /**
     * Before a new job is stored. While its target is being checked it will wait.
     *
     * @throws InvalidInputException when the check found that the guest cannot run it
     */
    public void admit(Job job) {
        Optional<TargetCheck> check = checks.of(job.target());
        if (check.map(TargetCheck::open).orElse(false)) {
            job.awaitCheck();
        } else {
            check.flatMap(TargetCheck::found).ifPresent(found -> require(job, found));
        }
    }

    /** Jobs that waited go on, or end with the reason why their guest cannot run them. */
    @EventListener
    void ended(Checks.Ended check) {
        jobs.awaitingCheckOf(check.target().hex()).forEach(this::release);
    }

    /** Those whose submission crossed the end of the check. */
    public void releaseAll() {
        jobs.awaitingChecks().forEach(this::release);
    }

    private void release(UUID id) {
        transaction.executeWithoutResult(status -> jobs.lock(id)
                .filter(job -> job.awaitsCheck() && !job.ended())
                .ifPresent(job -> release(job, Instant.now().truncatedTo(ChronoUnit.MICROS))));
    }

    private void release(Job job, Instant now) {
        Optional<TargetCheck> check = checks.of(job.target());
        if (check.map(TargetCheck::open).orElse(false)) {
            return;
        }
        job.checked();
        try {
            // A check that ended in trouble says nothing: the batches will meet the same, or run.
            check.flatMap(TargetCheck::found).ifPresent(found -> require(job, found));
            tracing.begin(job, now);
        } catch (InvalidInputException e) {
            job.fail(String.valueOf(e.getMessage()), now);
        }
        scheduler.refill(job, now);
    }

    private static void require(Job job, Conformance found) {
        Setting setting = job.setting();
        boolean counted = Setting.counted(setting);
        if (counted && found.replays().verdict() == Verdict.NO) {
            throw new InvalidInputException(
                    "target",
                    job.target(),
                    "must replay, or no failure can be kept; its check found: "
                            + found.replays().note() + ". Or count failures only, with the setting icount: false");
        }
        if (counted && job.severalCpus() && found.repeats().verdict() == Verdict.NO) {
            throw new InvalidInputException(
                    "target",
                    job.target(),
                    "must do the same when a batch is run again, for that is how a failure with several CPUs is verified; its"
                            + " check found: " + found.repeats().note()
                            + ". Or count failures only, with the setting icount: false");
        }
        List<Arm> arms = job.course().strategy().arms(job.course().timerPeriod());
        if (found.wrongTimerPeriod()
                && arms.stream().anyMatch(Arm::needsTimerPeriod)
                && (setting == null || setting.timerHz() == null)) {
            throw new InvalidInputException(
                    "target",
                    job.target(),
                    "must have the timerPeriod of its guest, or only a part of the phases is tried: target.yaml says "
                            + found.declaredTimerPeriod() + ", its check measured " + found.timerPeriod());
        }
        if (setting != null && setting.extra() != null) {
            require("setting.extra", String.valueOf(setting.extra()), found, Set.of(GuestKey.EXTRA));
        }
        if (setting != null && setting.timerHz() != null) {
            require("setting.timerHz", String.valueOf(setting.timerHz()), found, Set.of(GuestKey.HZ));
        }
        for (Arm arm : arms) {
            String word = word(job, arm);
            found.refusal(arm.needs()).ifPresent(why -> {
                throw new InvalidInputException(
                        "strategy.kind", word, "cannot be run: " + why + ". It can run " + served(found));
            });
            if (counted && arm.needsExactDelays()) {
                requireExact(word, found, arm.needs());
            }
        }
    }

    private static String served(Conformance found) {
        return Stream.of(Arm.Kind.values())
                .filter(kind -> found.refusal(new Arm(kind, 0, 0, 1).needs()).isEmpty())
                .map(kind -> kind == Arm.Kind.STEPPED ? "sweep" : kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static void require(String field, String value, Conformance found, Set<GuestKey> needed) {
        found.refusal(needed).ifPresent(why -> {
            throw new InvalidInputException(field, value, "cannot be run: " + why);
        });
    }

    /** To try each place once is a promise about instructions. */
    private static void requireExact(String strategy, Conformance found, Set<GuestKey> needed) {
        for (GuestKey key : new TreeSet<>(needed)) {
            Conformance.Finding finding =
                    InvalidInputException.present(found.keys().get(key), key.word());
            InvalidInputException.require(
                    finding.service() != Service.INEXACT,
                    "strategy.kind",
                    strategy,
                    "cannot be run: the guest does not serve " + key.word() + " to the instruction: " + finding.note());
        }
    }

    /** The strategy as it was asked for; of an adaptive one also the part that cannot be. */
    private static String word(Job job, Arm arm) {
        String name = job.course().strategy().getClass().getSimpleName();
        String strategy = name.substring(0, name.length() - "Strategy".length()).toLowerCase(Locale.ROOT);
        return strategy.equals("adaptive")
                ? strategy + " with " + arm.kind().name().toLowerCase(Locale.ROOT)
                : strategy;
    }
}
