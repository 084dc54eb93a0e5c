package io.bohrwerk.api.submission;

import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.BatchView;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.crash.CrashesOfJob;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.FailureView;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.intake.JobSamples;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.JobRequest;
import io.bohrwerk.api.job.JobState;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.scheduling.Scheduler;
import io.bohrwerk.api.trace.Coverage;
import io.bohrwerk.api.trace.CoverageView;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.telemetry.Spans;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
@RequestMapping("/api/v1/jobs")
class JobController {
    private final Jobs jobs;
    private final Batches batches;
    private final CrashesOfJob crashes;
    private final JobSamples samples;
    private final Failures failures;
    private final Submission submission;
    private final Scheduler scheduler;
    private final Fleet fleet;
    private final JobEvents events;
    private final JobViews views;
    private final Coverage coverage;
    private final TransactionTemplate transaction;

    JobController(
            Jobs jobs,
            Batches batches,
            CrashesOfJob crashes,
            JobSamples samples,
            Failures failures,
            Submission submission,
            Scheduler scheduler,
            Fleet fleet,
            JobEvents events,
            JobViews views,
            Coverage coverage,
            TransactionTemplate transaction) {
        this.jobs = jobs;
        this.batches = batches;
        this.crashes = crashes;
        this.samples = samples;
        this.failures = failures;
        this.submission = submission;
        this.scheduler = scheduler;
        this.fleet = fleet;
        this.events = events;
        this.views = views;
        this.coverage = coverage;
        this.transaction = transaction;
    }

    /** The same request under the same key is the same job. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobView> submit(
            @RequestBody JobRequest request,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @Parameter(hidden = true) @RequestHeader(name = Spans.HEADER, required = false) @Nullable String parent) {
        Submission.Result result = submission.submit(request, key, parent);
        JobView view = views.of(result.job(), fleet.now());
        return ResponseEntity.status(result.made() ? 201 : 200)
                .header("Location", "/api/v1/jobs/" + view.id())
                .body(view);
    }

    /** @param state one or several, separated by commas; all when there is none */
    @GetMapping
    Page<JobView> list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Fleet.Activity activity = fleet.now();
        List<JobState> states = state == null ? List.of() : JobState.parse(state);
        return Page.of(
                        limit,
                        cursor,
                        (below, most) -> states.isEmpty() ? jobs.below(below, most) : jobs.inAny(states, below, most),
                        Job::position)
                .map(job -> views.of(job, activity));
    }

    @GetMapping("/{id}")
    JobView get(@PathVariable UUID id) {
        return views.of(find(id), fleet.now());
    }

    @GetMapping(value = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(@PathVariable UUID id) {
        return events.open(find(id).id());
    }

    @GetMapping("/{id}/batches")
    Page<BatchView> batches(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        find(id);
        return Page.of(limit, cursor, (below, most) -> batches.ofJob(id, below, most), Batch::position)
                .map(BatchView::from);
    }

    /** What it had counted when, oldest first: a point whenever its iterations or failures had grown by a twentieth. */
    @GetMapping("/{id}/samples")
    List<JobSamples.Sample> samples(@PathVariable UUID id) {
        return samples.of(find(id));
    }

    /** The parts of its strategy, each with what was counted of it, and with its posterior where the strategy learns. */
    @GetMapping("/{id}/arms")
    List<ArmView> arms(@PathVariable UUID id) {
        return views.arms(find(id));
    }

    /** Where in the test the timer's interrupt was put, for jobs of the strategy traced. */
    @GetMapping("/{id}/coverage")
    CoverageView coverage(@PathVariable UUID id) {
        return coverage.of(find(id));
    }

    @GetMapping("/{id}/crashes")
    Page<JobCrashView> crashes(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Job job = find(id);
        return crashes.page(id, limit, cursor).map(met -> JobCrashView.of(job, met.crash(), met.failures()));
    }

    /** @param report false leaves the reports out */
    @GetMapping("/{id}/failures")
    Page<FailureView> failures(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "true") boolean report,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        find(id);
        return Page.of(limit, cursor, (below, most) -> failures.ofJob(id, below, most), Failure::position)
                .map(FailureView::from)
                .map(view -> report ? view : view.withoutReport());
    }

    /** Ends a job. One that has ended already stays as it is. */
    @PostMapping("/{id}/cancel")
    JobView cancel(@PathVariable UUID id) {
        transaction.executeWithoutResult(status -> {
            Job job = jobs.lock(id).orElseThrow(() -> new NotFoundException("job", id));
            if (!job.ended()) {
                Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
                job.cancel(now);
                scheduler.refill(job, now);
            }
        });
        return get(id);
    }

    private Job find(UUID id) {
        return jobs.findById(id).orElseThrow(() -> new NotFoundException("job", id));
    }
}
