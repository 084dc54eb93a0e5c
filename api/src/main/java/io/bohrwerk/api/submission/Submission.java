package io.bohrwerk.api.submission;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.JobRequest;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.job.Origin;
import io.bohrwerk.api.scheduling.Guests;
import io.bohrwerk.api.scheduling.Quota;
import io.bohrwerk.api.scheduling.Scheduler;
import io.bohrwerk.api.scheduling.Tracing;
import io.bohrwerk.api.target.Target;
import io.bohrwerk.api.target.TargetReference;
import io.bohrwerk.api.target.Targets;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.telemetry.Spans;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes a job of a request, once per idempotency key. */
@Component
public class Submission {
    private static final Pattern KEY = Pattern.compile("[!-~]{1,200}");

    private final Jobs jobs;
    private final Targets targets;
    private final Tracing tracing;
    private final Scheduler scheduler;
    private final Quota quota;
    private final Guests guests;
    private final TransactionTemplate transaction;
    private final Spans spans;

    Submission(
            Jobs jobs,
            Targets targets,
            Tracing tracing,
            Scheduler scheduler,
            Quota quota,
            Guests guests,
            TransactionTemplate transaction,
            Spans spans) {
        this.jobs = jobs;
        this.targets = targets;
        this.tracing = tracing;
        this.scheduler = scheduler;
        this.quota = quota;
        this.guests = guests;
        this.transaction = transaction;
        this.spans = spans;
    }

    /** @param made false when the key had made the job before */
    public record Result(Job job, boolean made) {}

    public Result submit(JobRequest request, @Nullable String key) {
        return submit(request, key, null);
    }

    /** @param parent of the caller's own trace, by W3C's Trace Context; null, or what is none, for a trace that begins here */
    public Result submit(JobRequest request, @Nullable String key, @Nullable String parent) {
        try (Spans.Span span = spans.begin("submit", parent)) {
            Result result = once(request, key, span);
            span.with("bohrwerk.job", result.job().id().toString());
            return result;
        }
    }

    private Result once(JobRequest request, @Nullable String key, Spans.Span span) {
        if (key != null) {
            require(
                    KEY.matcher(key).matches(),
                    "Idempotency-Key",
                    key,
                    "must be 1 to 200 printable ASCII characters without blanks");
        }
        Optional<Job> known = known(request, key);
        if (known.isPresent()) {
            return new Result(known.get(), false);
        }
        Target target = target(request.target());
        try {
            Job made = transaction.execute(status -> {
                Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
                UUID id = UUID.randomUUID();
                Job job = new Job(id, target, request.terms(target, id), new Origin(key, request.digest(), now));
                job.origin().tracedUnder(span.traceparent());
                quota.admit(job);
                guests.admit(job);
                job = jobs.saveAndFlush(job);
                tracing.begin(job, now);
                scheduler.refill(job, now);
                return job;
            });
            return new Result(InvalidInputException.present(made, "job"), true);
        } catch (DataIntegrityViolationException e) {
            // Another request with the same key was faster.
            return new Result(known(request, key).orElseThrow(() -> e), false);
        }
    }

    private Optional<Job> known(JobRequest request, @Nullable String key) {
        Optional<Job> known = key == null ? Optional.empty() : jobs.findByOriginIdempotencyKey(key);
        known.filter(job -> !job.origin().sameRequest(request)).ifPresent(job -> {
            throw new RefusedException(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "Idempotency-Key",
                    "the key '" + key + "' has already made job " + job.id() + " of another request");
        });
        return known;
    }

    /** A target that is not there is a mistake in the document, not in the address. */
    public Target target(String idOrPrefix) {
        return new TargetReference(idOrPrefix)
                .in(targets)
                .orElseThrow(
                        () -> new InvalidInputException("target", idOrPrefix, "must be the id of an uploaded target"));
    }
}
