package io.bohrwerk.api.check;

import io.bohrwerk.api.queue.Outbox;
import io.bohrwerk.api.work.ReportHandler;
import io.bohrwerk.api.work.Retries;
import io.bohrwerk.api.work.Waiting;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.worker.RunningWork;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Has targets checked, and keeps what was found. */
@Component
public class Checks implements ReportHandler<Check.Report> {
    private static final int LONGEST_MESSAGE = 1_000;

    private final TargetChecks checks;
    private final Outbox outbox;
    private final Retries retries;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    Checks(
            TargetChecks checks,
            Outbox outbox,
            Retries retries,
            TransactionTemplate transaction,
            ApplicationEventPublisher events) {
        this.checks = checks;
        this.outbox = outbox;
        this.retries = retries;
        this.transaction = transaction;
        this.events = events;
    }

    /** The check of a target has ended, with a finding or without; after its commit. */
    public record Ended(Digest target) {}

    public Optional<TargetCheck> of(Digest target) {
        return checks.of(target.hex());
    }

    /** Those of the targets that have one, by target. */
    public Map<Digest, TargetCheck> of(Collection<Digest> targets) {
        return checks.of(targets.stream().map(Digest::hex).toList()).stream()
                .collect(Collectors.toMap(TargetCheck::target, Function.identity()));
    }

    /**
     * Has a worker check a target. A check that is under way is enough.
     *
     * @param again whether also a target of which there is a finding
     */
    public TargetCheck order(Digest target, boolean again) {
        try {
            return change(() -> {
                Instant now = now();
                TargetCheck check = checks.lockOf(target.hex()).orElse(null);
                if (check == null) {
                    check = checks.saveAndFlush(new TargetCheck(target, now));
                } else if (check.open() || (check.found().isPresent() && !again)) {
                    return check;
                } else {
                    check.restart(now);
                }
                outbox.add(check.request(), now);
                return check;
            });
        } catch (DataIntegrityViolationException e) {
            return of(target).orElseThrow(() -> e); // another request was faster
        }
    }

    /** Keeps a finding that came with the upload, instead of a check that has not ended. One that a worker made stays. */
    public void keep(Digest target, Conformance finding) {
        change(() -> {
            TargetCheck check = checks.lockOf(target.hex()).orElseGet(() -> new TargetCheck(target, now()));
            if (check.found().isEmpty()) {
                check.complete(finding, now());
            }
            return checks.saveAndFlush(check);
        });
        events.publishEvent(new Ended(target));
    }

    private <T> T change(Supplier<T> change) {
        return InvalidInputException.present(transaction.execute(status -> change.get()), "check");
    }

    @Override
    public String kind() {
        return Check.KIND;
    }

    @Override
    public Class<Check.Report> report() {
        return Check.Report.class;
    }

    /** A report on a check that is not known is one on a target that was removed while it ran. */
    @Override
    public void accept(Check.Report report) {
        Optional<TargetCheck> check = change(() -> {
            Optional<TargetCheck> known =
                    checks.lock(report.checkId()).filter(found -> found.target().equals(report.target()));
            known.ifPresent(found -> take(found, report));
            return known;
        });
        check.ifPresent(this::announce);
    }

    private void take(TargetCheck check, Check.Report report) {
        Conformance found = report.found();
        Check.Troubled trouble = report.trouble();
        if (found != null && check.found().isEmpty()) {
            check.complete(report, found);
        } else if (trouble != null
                && check.open()
                && report.attempt() == check.attempts().number()) {
            troubled(check, trouble);
        }
    }

    private void troubled(TargetCheck check, Check.Troubled trouble) {
        Instant now = now();
        String why = trouble.kind() + ": " + trouble.message();
        if (trouble.kind().handedBack()) {
            Instant due = retries.dueElsewhere(check.attempts(), false, now);
            check.handBack(line(why), due);
            outbox.add(check.request(), due);
        } else if (trouble.kind().permanent()) {
            check.fail(line(why), now);
        } else {
            againOr(check, why, now);
        }
    }

    private void againOr(TargetCheck check, String why, Instant now) {
        if (retries.remain(check.attempts())) {
            Instant due = retries.due(check.attempts(), now);
            check.retry(line(why), due);
            outbox.add(check.request(), due);
        } else {
            check.fail(line(why), now);
        }
    }

    @Override
    public void seen(List<RunningWork> running, Instant now) {
        transaction.executeWithoutResult(
                status -> running.forEach(work -> checks.lock(work.id()).ifPresent(check -> check.see(now))));
    }

    @Override
    public List<Waiting> silentSince(Instant since, Limit limit) {
        return checks.silentSince(since, limit);
    }

    @Override
    public void silent(Waiting work, String why) {
        TargetCheck check = change(() -> {
            TargetCheck known = checks.lock(work.id()).orElseThrow();
            if (known.open() && known.attempts().number() == work.attempt()) {
                againOr(known, why, now());
            }
            return known;
        });
        announce(check);
    }

    private void announce(TargetCheck check) {
        if (!check.open()) {
            events.publishEvent(new Ended(check.target()));
        }
    }

    private static String line(String text) {
        String clean = text.replace('\0', '?');
        return clean.length() <= LONGEST_MESSAGE ? clean : clean.substring(0, LONGEST_MESSAGE);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
