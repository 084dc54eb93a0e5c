package io.bohrwerk.api.question;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.submission.JobView;
import io.bohrwerk.api.submission.JobViews;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.worker.Fleet;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What can be asked about a job once it has found something. */
@RestController
@RequestMapping("/api/v1")
class QuestionController {
    private final Jobs jobs;
    private final Comparisons comparisons;
    private final Questions questions;
    private final JobViews views;
    private final Fleet fleet;
    private final JdbcClient database;

    QuestionController(
            Jobs jobs, Comparisons comparisons, Questions questions, JobViews views, Fleet fleet, JdbcClient database) {
        this.jobs = jobs;
        this.comparisons = comparisons;
        this.questions = questions;
        this.views = views;
        this.fleet = fleet;
        this.database = database;
    }

    /** Makes the job that answers; its {@code isItFixed} is the answer. */
    @PostMapping(value = "/jobs/{id}/is-it-fixed", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobView> isItFixed(@PathVariable UUID id, @RequestBody FixRequest request) {
        JobView view = views.of(questions.isItFixed(find(id), request), fleet.now());
        return ResponseEntity.status(201)
                .header("Location", "/api/v1/jobs/" + view.id())
                .body(view);
    }

    /** Makes the two jobs that answer. */
    @PostMapping(value = "/jobs/{id}/compare", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ComparisonView> compare(@PathVariable UUID id, @RequestBody CompareRequest request) {
        ComparisonView view = view(questions.compare(find(id), request));
        return ResponseEntity.status(201)
                .header("Location", "/api/v1/comparisons/" + view.id())
                .body(view);
    }

    @GetMapping("/comparisons/{id}")
    ComparisonView comparison(@PathVariable UUID id) {
        return view(comparisons.findById(id).orElseThrow(() -> new NotFoundException("comparison", id)));
    }

    private ComparisonView view(Comparison comparison) {
        Job first = find(comparison.first());
        Job second = find(comparison.second());
        return ComparisonView.of(
                comparison,
                first,
                second,
                EmulatorComparison.compares(first, second)
                        ? EmulatorComparison.Schedules.of(database, first.id(), second.id())
                        : null);
    }

    private Job find(UUID id) {
        return jobs.findById(id).orElseThrow(() -> new NotFoundException("job", id));
    }
}
