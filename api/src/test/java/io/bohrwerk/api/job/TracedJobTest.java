package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.intake.ReportIntake;
import io.bohrwerk.api.scheduling.Tracing;
import io.bohrwerk.api.submission.Submission;
import io.bohrwerk.api.trace.JobTrace;
import io.bohrwerk.api.trace.JobTraces;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.TraceReport;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.traced.Place;
import io.bohrwerk.protocol.traced.Placement;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.protocol.traced.TracedPlan;
import io.bohrwerk.protocol.traced.Visits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Jobs of the strategy traced, from the trace to the exhausted plan. */
@ApiTest
class TracedJobTest {
    /** As long as a plan that fills two batches of ten and half of a third. */
    private static final int PLACES = 25;

    @LocalServerPort
    private int port;

    @Autowired
    private Submission submission;

    @Autowired
    private ReportIntake intake;

    @Autowired
    private Tracing tracing;

    @Autowired
    private Jobs jobs;

    @Autowired
    private JobTraces traces;

    @Autowired
    private Batches batches;

    @Autowired
    private BlobStore blobs;

    @Autowired
    private JdbcClient database;

    private String target = "";

    @BeforeEach
    void upload() throws Exception {
        target = new Http(port)
                .upload("/api/v1/targets", Samples.target("traced"))
                .json()
                .get("id")
                .asString();
    }

    @AfterEach
    void clear() {
        database.sql("update jobs set state = 'CANCELLED' where state in ('QUEUED', 'RUNNING')")
                .update();
        database.sql("update batches set state = 'WITHDRAWN' where state = 'QUEUED'")
                .update();
        database.sql("update traces set state = 'ERROR' where state in ('QUEUED', 'RUNNING')")
                .update();
    }

    private UUID submit(String shifts) {
        JobRequest request = Documents.fromJson(
                "{\"target\": \"" + target + "\", \"strategy\": {\"kind\": \"traced\", \"shifts\": " + shifts
                        + "}, \"stopAfterFailures\": 0}",
                JobRequest.class);
        return submission.submit(request, null).job().id();
    }

    private Job job(UUID id) {
        return jobs.findById(id).orElseThrow();
    }

    private List<Batch> inFlight(UUID job) {
        return batches.ofJob(job, Long.MAX_VALUE, Limit.of(500)).stream()
                .filter(Batch::inFlight)
                .sorted(Comparator.comparing(Batch::number))
                .toList();
    }

    /** The k-th iteration of the plan has the delay (1000 - k) mod 1000, and lands at the k-th place. */
    private static TracedPlan plan(int shift) {
        List<Place> places = new ArrayList<>();
        List<Visits> visits = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            places.add(new Place(
                    0x1000 + i,
                    Place.Context.PLAIN,
                    i < 5 ? Place.Kind.TRAP : Place.Kind.ORDINARY,
                    i < 5 ? "trap" : "test"));
            visits.add(Visits.once(i));
        }
        TestTrace trace = new TestTrace(1_000, 0, 0, PLACES, 0, places, visits);
        List<Placement> placements = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            placements.add(new Placement(trace.delayFor(i), i, i));
        }
        return TracedPlan.of(shift, trace, placements);
    }

    private TraceReport report(JobTrace trace, TraceReport.Result result) {
        Instant now = Instant.now();
        return new TraceReport(
                Wire.VERSION, trace.id(), trace.jobId(), trace.attempt(), "worker-1", now.minusSeconds(1), now, result);
    }

    private TraceReport.Traced traced(int shift) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        plan(shift).write(bytes);
        Digest digest = Digest.of(bytes.toByteArray());
        blobs.put(digest, new ByteArrayInputStream(bytes.toByteArray()));
        return new TraceReport.Traced(
                new ArtifactReference(ArtifactKind.TRACED_PLAN, bytes.size(), digest),
                PLACES,
                PLACES,
                PLACES,
                true,
                0.75);
    }

    @Test
    void runsEachPlaceOnceAndSaysThatNoneIsLeft() throws Exception {
        UUID id = submit("[4, 6]");
        assertThat(inFlight(id)).isEmpty();
        assertThat(job(id).state()).isEqualTo(JobState.QUEUED);
        List<JobTrace> asked = traces.ofJob(id);
        assertThat(asked).extracting(JobTrace::shift).containsExactly(4, 6);
        tracing.accept(report(asked.get(1), traced(6)));
        assertThat(inFlight(id)).isEmpty();
        tracing.accept(report(asked.get(0), traced(4)));
        tracing.accept(report(asked.get(0), traced(4))); // once more, as Kafka may have it
        assertThat(job(id).course().places()).isEqualTo(2 * PLACES);

        Batch first = inFlight(id).get(0);
        assertThat(first.schedule().align()).isEqualTo(Align.TICK);
        assertThat(first.schedule().shift()).isEqualTo(4);
        assertThat(first.schedule().delays()).startsWith(0L, 999L, 998L).hasSize(10);
        intake.accept(Samples.failed(id, first.id(), 1, 3, "lost an update", List.of()));
        List<Long> run = new ArrayList<>(first.schedule().delays().subList(0, 3));
        int rounds = 0;
        while (!inFlight(id).isEmpty()) {
            Batch next = inFlight(id).get(0);
            assertThat(next.schedule().delays()).hasSize(next.iterations());
            run.addAll(next.schedule().delays());
            intake.accept(Samples.passed(id, next.id(), 1, next.iterations()));
            assertThat(rounds++).isLessThan(20);
        }
        List<Long> all = new ArrayList<>(plan(4).delays(0, PLACES));
        all.addAll(plan(6).delays(0, PLACES));
        assertThat(run).containsExactlyInAnyOrderElementsOf(all);
        Job job = job(id);
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.stopReason()).isEqualTo(StopReason.SCHEDULES);
        assertThat(job.iterations()).isEqualTo(2 * PLACES);

        JsonNode coverage =
                new Http(port).get("/api/v1/jobs/" + id + "/coverage").json();
        assertThat(coverage.get("shifts").get(0).get("tried").asInt()).isEqualTo(PLACES);
        assertThat(coverage.get("shifts").get(1).get("tried").asInt()).isEqualTo(PLACES);
        JsonNode landing = coverage.get("failures").get(0);
        assertThat(landing.get("pc").asString()).isEqualTo("0x1002");
        assertThat(landing.get("symbol").asString()).isEqualTo("trap");
        assertThat(landing.get("delay").asLong()).isEqualTo(998);
    }

    @Test
    void tellsWhatToVaryWhenNothingFailed() throws Exception {
        UUID id = submit("[4]");
        tracing.accept(report(traces.ofJob(id).get(0), traced(4)));
        for (Batch next : inFlight(id)) {
            intake.accept(Samples.passed(id, next.id(), 1, next.iterations()));
        }
        while (!inFlight(id).isEmpty()) {
            Batch next = inFlight(id).get(0);
            intake.accept(Samples.passed(id, next.id(), 1, next.iterations()));
        }
        JsonNode job = new Http(port).get("/api/v1/jobs/" + id).json();
        assertThat(job.get("stopReason").asString()).isEqualTo("SCHEDULES");
        assertThat(job.get("message").asString())
                .contains("each of the 25 places")
                .contains("other shifts");
        assertThat(job.get("coverage").get("covered").asInt()).isEqualTo(PLACES);
        assertThat(job.get("rateMeaning").asString()).contains("not of random runs");
    }

    @Test
    void showsWhatIsTriedWhileOthersAreOnTheirWay() throws Exception {
        UUID id = submit("[4]");
        tracing.accept(report(traces.ofJob(id).get(0), traced(4)));
        Batch first = inFlight(id).get(0);
        intake.accept(Samples.passed(id, first.id(), 1, first.iterations()));
        JsonNode shift = new Http(port)
                .get("/api/v1/jobs/" + id + "/coverage")
                .json()
                .get("shifts")
                .get(0);
        assertThat(shift.get("run").asInt()).isEqualTo(first.iterations());
        assertThat(shift.get("checked").asBoolean()).isTrue();
        assertThat(shift.get("exact").asDouble()).isEqualTo(0.75);
        assertThat(shift.get("tried").asInt()).isEqualTo(first.iterations());
        assertThat(shift.get("symbols").get(0).get("symbol").asString()).isEqualTo("test");
        assertThat(shift.get("symbols").get(1).get("tried").asInt()).isEqualTo(5);
    }

    @Test
    void endsWhenTheTestCannotBeTraced() throws Exception {
        UUID id = submit("[4]");
        JobTrace trace = traces.ofJob(id).get(0);
        tracing.accept(report(trace, new TraceReport.Troubled(InfrastructureTrouble.EMULATOR_DIED, "signal 9")));
        assertThat(job(id).ended()).isFalse();
        JobTrace second = traces.ofJob(id).get(0);
        assertThat(second.attempt()).isEqualTo(2);
        tracing.accept(report(trace, new TraceReport.Troubled(InfrastructureTrouble.EMULATOR_DIED, "again")));
        assertThat(traces.ofJob(id).get(0).attempt()).isEqualTo(2);
        tracing.accept(report(second, new TraceReport.Troubled(InfrastructureTrouble.INTERNAL, "too long")));
        JsonNode job = new Http(port).get("/api/v1/jobs/" + id).json();
        assertThat(job.get("state").asString()).isEqualTo("ERROR");
        assertThat(job.get("message").asString())
                .isEqualTo("the test could not be traced at shift 4: INTERNAL: too long");
        assertThat(job.get("iterations").asLong()).isZero();
    }

    @Test
    void refusesShiftsTwiceAndUnknownTraces() {
        assertThatThrownBy(() -> submit("[4, 4]"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("once");
        UUID id = submit("[4]");
        JobTrace trace = traces.ofJob(id).get(0);
        TraceReport good = report(trace, new TraceReport.Troubled(InfrastructureTrouble.INTERNAL, "no"));
        TraceReport bad = new TraceReport(
                1, UUID.randomUUID(), id, 1, "worker-1", good.startedAt(), good.finishedAt(), good.result());
        assertThatThrownBy(() -> tracing.accept(bad))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("traceId");
    }
}
