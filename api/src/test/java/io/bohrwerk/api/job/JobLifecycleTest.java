package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.api.batch.Batch;
import io.bohrwerk.api.batch.BatchState;
import io.bohrwerk.api.batch.Batches;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.intake.JobClock;
import io.bohrwerk.api.intake.ReportIntake;
import io.bohrwerk.api.intake.ReportListener;
import io.bohrwerk.api.queue.AttemptSecrets;
import io.bohrwerk.api.statistics.FixVerdict;
import io.bohrwerk.api.submission.ArmView;
import io.bohrwerk.api.submission.JobView;
import io.bohrwerk.api.submission.JobViews;
import io.bohrwerk.api.submission.Submission;
import io.bohrwerk.api.work.Sweep;
import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReportSeal;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.schedule.CpuModel;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Jobs from their submission to their end, as reports come in every order that Kafka and workers can give them. */
@ApiTest
class JobLifecycleTest {
    @LocalServerPort
    private int port;

    @Autowired
    private ReportListener listener;

    @Autowired
    private AttemptSecrets secrets;

    @Autowired
    private Submission submission;

    @Autowired
    private ReportIntake intake;

    @Autowired
    private JobClock clock;

    @Autowired
    private Sweep sweep;

    @Autowired
    private Jobs jobs;

    @Autowired
    private Batches batches;

    @Autowired
    private Failures failures;

    @Autowired
    private Fleet fleet;

    @Autowired
    private JobViews views;

    @Autowired
    private JdbcClient database;

    private String target = "";

    @BeforeEach
    void upload() throws Exception {
        // Jobs of other classes would have their share of the windows.
        clear();
        target = new Http(port)
                .upload("/api/v1/targets", Samples.target("lifecycle"))
                .json()
                .get("id")
                .asString();
    }

    @AfterEach
    void clear() {
        database.sql("delete from workers").update();
        // What a test leaves in flight must not be looked after in another.
        database.sql("update jobs set state = 'CANCELLED' where state in ('QUEUED', 'RUNNING')")
                .update();
        database.sql("update batches set state = 'WITHDRAWN' where state = 'QUEUED'")
                .update();
    }

    private UUID submit(String more) {
        JobRequest request = Documents.fromJson(
                "{\"target\": \"" + target + "\", \"strategy\": \"random\"" + more + "}", JobRequest.class);
        return submission.submit(request, null).job().id();
    }

    /** Another batch of the same schedule would repeat the first one, and count the same iterations twice. */
    @Test
    void aFixedScheduleIsRunOnce() {
        UUID id = submission
                .submit(
                        Documents.fromJson(
                                "{\"target\": \"" + target
                                        + "\", \"strategy\": \"fixed\", \"stopAfterFailures\": 0, \"iterations\":"
                                        + " 1000}",
                                JobRequest.class),
                        null)
                .job()
                .id();
        assertThat(inFlight(id)).hasSize(1);
        Batch batch = inFlight(id).get(0);
        intake.accept(Samples.failed(id, batch.id(), 1, 3, "oops", List.of()));
        assertThat(inFlight(id)).isEmpty();
        assertThat(job(id).state()).isEqualTo(JobState.COMPLETED);
        assertThat(job(id).stopReason()).isEqualTo(StopReason.SCHEDULES);
        assertThat(job(id).iterations()).isEqualTo(3);
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

    private Batch batch(UUID id) {
        return batches.findById(id).orElseThrow();
    }

    @Test
    void reportsThatComeTogetherAreCountedOnceEach() {
        UUID id = submit(", \"iterations\": 100, \"iterationsPerBatch\": 10, \"stopAfterFailures\": 0");
        Batch one = inFlight(id).get(0);
        Batch other = inFlight(id).get(1);
        BatchReport passed = Samples.passed(id, one.id(), 1, 10);
        BatchReport failed = Samples.failed(id, other.id(), 1, 4, "together", List.of());
        intake.accept(
                id,
                List.of(
                        failed,
                        Samples.troubled(id, one.id(), 1, InfrastructureTrouble.BLOB_STORE),
                        passed,
                        failed,
                        passed));
        assertThat(job(id).iterations()).isEqualTo(14);
        assertThat(job(id).failures()).isEqualTo(1);
        assertThat(job(id).totals().batchesCompleted()).isEqualTo(2);
        assertThat(job(id).totals().infrastructureTroubles()).isEqualTo(1);
        assertThat(arms(id)).isEqualTo(List.of(2L, 14L, 1L));
        assertThat(inFlight(id)).hasSize(2);
        intake.accept(id, List.of(passed, failed));
        assertThat(job(id).iterations()).isEqualTo(14);
        assertThat(arms(id)).isEqualTo(List.of(2L, 14L, 1L));
    }

    /** Batches, iterations and failures of all arms. */
    private List<Long> arms(UUID job) {
        return database.sql("select sum(batches), sum(iterations), sum(failures) from arms where job_id = ?")
                .param(job)
                .query((row, number) -> List.of(row.getLong(1), row.getLong(2), row.getLong(3)))
                .single();
    }

    private ConsumerRecord<String, byte[]> sealed(BatchReport report) {
        ConsumerRecord<String, byte[]> message = message(Wire.write(report));
        byte[] secret = secrets.of(report.kind(), report.workId(), report.attempt());
        message.headers().add(ReportSeal.HEADER, ReportSeal.of(secret, message.value()));
        return message;
    }

    private static ConsumerRecord<String, byte[]> message(byte[] value) {
        return new ConsumerRecord<>("lifecycle-test", 0, offset++, null, value);
    }

    private static long offset;

    /** The others are good, and are not to wait for it. */
    @Test
    void ofReportsThatComeTogetherThoseThatCannotBeTakenInAreRejectedAlone() {
        UUID id = submit(", \"iterations\": 100, \"iterationsPerBatch\": 10");
        List<Batch> batches = inFlight(id);
        listener.accept(List.of(
                sealed(Samples.passed(id, batches.get(0).id(), 1, 10)),
                sealed(Samples.passed(id, UUID.randomUUID(), 1, 10)),
                message(new byte[] {'x'}),
                sealed(Samples.passed(id, batches.get(1).id(), 1, 10))));
        assertThat(job(id).iterations()).isEqualTo(20);
        assertThat(database.sql("delete from dead_letters where topic = 'lifecycle-test'")
                        .update())
                .isEqualTo(2);
    }

    @Test
    void aBudgetIsUsedUpExactly() {
        UUID id = submit(", \"iterations\": 37");
        assertThat(job(id).state()).isEqualTo(JobState.QUEUED);
        assertThat(inFlight(id)).as("the window without workers").hasSize(2);
        int reports = 0;
        while (!inFlight(id).isEmpty()) {
            Batch batch = inFlight(id).get(0);
            intake.accept(Samples.passed(id, batch.id(), 1, batch.iterations()));
            reports++;
            assertThat(inFlight(id).size()).isLessThanOrEqualTo(2);
        }
        Job job = job(id);
        assertThat(reports).isEqualTo(4);
        assertThat(job.iterations()).isEqualTo(37);
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.stopReason()).isEqualTo(StopReason.ITERATIONS);
        assertThat(job.totals().batchesCompleted()).isEqualTo(4);
        assertThat(job.startedAt()).isNotNull();
        assertThat(job.finishedAt()).isNotNull();
    }

    @Test
    void aFailureThatEndsABatchGivesItsRestBackToTheBudget() {
        UUID id = submit(", \"iterations\": 20, \"stopAfterFailures\": 0");
        Batch first = inFlight(id).get(0);
        intake.accept(Samples.failed(id, first.id(), 1, 3, "oops", List.of()));
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
        while (!inFlight(id).isEmpty()) {
            Batch batch = inFlight(id).get(0);
            intake.accept(Samples.passed(id, batch.id(), 1, batch.iterations()));
        }
        assertThat(job(id).iterations()).isEqualTo(20);
        assertThat(job(id).failures()).isEqualTo(1);
        assertThat(job(id).stopReason()).isEqualTo(StopReason.ITERATIONS);
    }

    @Test
    void theFirstFailureStopsTheJobAndLaterOnesStillCount() {
        UUID id = submit("");
        List<Batch> flying = inFlight(id);
        intake.accept(Samples.failed(id, flying.get(0).id(), 1, 4, "oops 1", List.of()));
        Job job = job(id);
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.stopReason()).isEqualTo(StopReason.FAILURES);
        UUID first = job.totals().firstFailureId();
        assertThat(first).isNotNull();
        Instant end = job.finishedAt();
        assertThat(batch(flying.get(1).id()).state()).as("nobody waits for it").isEqualTo(BatchState.WITHDRAWN);
        assertThat(job.totals().batchesInFlight()).isZero();
        assertThat(views.of(job, fleet.now()).beyondStopRule()).isNull();
        intake.accept(Samples.failed(id, flying.get(1).id(), 1, 2, "oops 2", List.of()));
        job = job(id);
        assertThat(views.of(job, fleet.now()).beyondStopRule()).isEqualTo(new JobView.Beyond(2, 1));
        assertThat(batch(flying.get(1).id()).state()).isEqualTo(BatchState.COMPLETED);
        assertThat(job.failures()).isEqualTo(2);
        assertThat(job.iterations()).isEqualTo(6);
        assertThat(job.finishedAt()).isEqualTo(end);
        assertThat(job.totals().firstFailureId()).isEqualTo(first);
        List<Failure> found = failures.ofJob(id, Long.MAX_VALUE, Limit.of(10));
        assertThat(found)
                .hasSize(2)
                .extracting(Failure::crashId)
                .containsOnly(found.get(0).crashId());
        assertThat(found).extracting(Failure::beyondStopRule).containsExactly(true, false);
        assertThat(found.get(0).report()).as("NUL is no text to PostgreSQL").isEqualTo("the end of\ufffdthe console");
    }

    /** What a target expects to fail and passes is no failure, and is shown: with the batch, and with the job. */
    @Test
    void anUnexpectedPassIsShown() throws Exception {
        UUID id = submit("");
        Batch batch = inFlight(id).get(0);
        BatchReport passed = Samples.passed(id, batch.id(), 1, 10);
        BatchReport.Finished result = (BatchReport.Finished) passed.result();
        intake.accept(Samples.report(
                id,
                batch.id(),
                1,
                new BatchReport.Finished(
                        result.coordinates(),
                        10,
                        1_000,
                        42,
                        null,
                        new SubtestCounts(3, 0, 1, 2),
                        List.of(new UnexpectedPass("Test icebp", 4)))));
        JsonNode job = new Http(port).get("/api/v1/jobs/" + id).json();
        assertThat(job.path("failures").asInt()).isZero();
        JsonNode pass = job.path("unexpectedPasses").path(0);
        assertThat(pass.path("subtest").asString()).isEqualTo("Test icebp");
        assertThat(pass.path("batches").asInt()).isEqualTo(1);
        assertThat(pass.path("firstBatch").asLong()).isEqualTo(batch.number());
        assertThat(pass.path("firstIteration").asInt()).isEqualTo(4);
        JsonNode shown =
                new Http(port).get("/api/v1/jobs/" + id + "/batches").json().path("items");
        for (JsonNode one : shown) {
            boolean counted = one.path("id").asString().equals(batch.id().toString());
            assertThat(one.path("unexpectedPasses")).hasSize(counted ? 1 : 0);
            assertThat(one.path("subtests").path("expected").asInt(-1)).isEqualTo(counted ? 1 : -1);
        }
    }

    @Test
    void aCopyOfAReportIsNotCountedAgain() {
        UUID id = submit("");
        Batch batch = inFlight(id).get(0);
        BatchReport report = Samples.passed(id, batch.id(), 1, 10);
        intake.accept(report);
        intake.accept(report);
        assertThat(job(id).iterations()).isEqualTo(10);
        assertThat(job(id).totals().batchesCompleted()).isEqualTo(1);
        assertThat(job(id).totals().batchesInFlight()).isEqualTo(2);
    }

    @Test
    void manyThreadsCountEveryBatchOnce() throws Exception {
        UUID id = submit(", \"iterations\": 200, \"stopAfterFailures\": 0");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 10; round++) {
                List<Batch> flying = inFlight(id);
                CyclicBarrier barrier = new CyclicBarrier(4);
                List<Callable<Void>> tasks = new ArrayList<>();
                for (int copy = 0; copy < 4; copy++) {
                    Batch batch = flying.get(copy % flying.size());
                    tasks.add(() -> {
                        barrier.await();
                        intake.accept(Samples.failed(id, batch.id(), 1, 10, "race", List.of()));
                        return null;
                    });
                }
                for (Future<Void> done : threads.invokeAll(tasks)) {
                    done.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(job(id).iterations()).isEqualTo(200);
        assertThat(job(id).failures()).isEqualTo(20);
        assertThat(job(id).state()).isEqualTo(JobState.COMPLETED);
        assertThat(failures.ofJob(id, Long.MAX_VALUE, Limit.of(100))).hasSize(20);
    }

    @Test
    void twoJobsThatMeetANewSignatureAtOnceShareACrash() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                String reason = "new " + "abcdefghij".charAt(round);
                List<Callable<UUID>> tasks = new ArrayList<>();
                CyclicBarrier barrier = new CyclicBarrier(2);
                for (int i = 0; i < 2; i++) {
                    UUID id = submit("");
                    UUID batch = inFlight(id).get(0).id();
                    tasks.add(() -> {
                        barrier.await();
                        intake.accept(Samples.failed(id, batch, 1, 1, reason, List.of()));
                        return failures.ofJob(id, Long.MAX_VALUE, Limit.of(1))
                                .get(0)
                                .crashId();
                    });
                }
                List<Future<UUID>> crashes = threads.invokeAll(tasks);
                assertThat(crashes.get(0).get()).isEqualTo(crashes.get(1).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void troubleIsTriedAgainAndNeverEntersTheRate() {
        UUID id = submit("");
        Batch batch = inFlight(id).get(0);
        BatchReport trouble = Samples.troubled(id, batch.id(), 1, InfrastructureTrouble.EMULATOR_DIED);
        intake.accept(trouble);
        intake.accept(trouble);
        assertThat(batch(batch.id()).attempt()).isEqualTo(2);
        assertThat(job(id).totals().infrastructureTroubles()).isEqualTo(1);
        assertThat(job(id).iterations()).isZero();
        // The first attempt finished after all: a batch is a pure function, so its word is as good.
        intake.accept(Samples.passed(id, batch.id(), 1, 10));
        assertThat(batch(batch.id()).state()).isEqualTo(BatchState.COMPLETED);
        intake.accept(Samples.passed(id, batch.id(), 2, 10));
        intake.accept(Samples.troubled(id, batch.id(), 2, InfrastructureTrouble.EMULATOR_DIED));
        assertThat(job(id).iterations()).isEqualTo(10);
        assertThat(job(id).totals().batchesCompleted()).isEqualTo(1);
        assertThat(job(id).totals().infrastructureTroubles()).isEqualTo(1);
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aTroubleOfAnOlderAttemptDoesNotDisturbTheNewer() {
        UUID id = submit("");
        Batch batch = inFlight(id).get(0);
        intake.accept(Samples.troubled(id, batch.id(), 1, InfrastructureTrouble.EMULATOR_DIED));
        intake.accept(Samples.troubled(id, batch.id(), 2, InfrastructureTrouble.EMULATOR_DIED));
        assertThat(batch(batch.id()).attempt()).isEqualTo(3);
        intake.accept(Samples.troubled(id, batch.id(), 1, InfrastructureTrouble.DISK_FULL));
        assertThat(batch(batch.id()).attempt()).isEqualTo(3);
    }

    @Test
    void afterTheLastAttemptTheJobEndsWithTheTroublesName() {
        UUID id = submit("");
        Batch batch = inFlight(id).get(0);
        for (int attempt = 1; attempt <= 5; attempt++) {
            assertThat(job(id).ended()).isFalse();
            intake.accept(Samples.troubled(id, batch.id(), attempt, InfrastructureTrouble.DISK_FULL));
        }
        assertThat(job(id).state()).isEqualTo(JobState.ERROR);
        assertThat(job(id).message()).contains("DISK_FULL", "it broke", "5 attempts");
        assertThat(batch(batch.id()).state()).isEqualTo(BatchState.LOST);
        assertThat(job(id).totals().batchesLost()).isEqualTo(1);
        intake.accept(Samples.passed(id, batch.id(), 3, 10));
        assertThat(job(id).iterations()).as("late, but nothing is lost").isEqualTo(10);
        assertThat(job(id).totals().batchesLost()).isZero();
        assertThat(job(id).state()).isEqualTo(JobState.ERROR);
    }

    @Test
    void permanentTroubleEndsTheJobAtOnce() {
        UUID id = submit("");
        intake.accept(Samples.troubled(id, inFlight(id).get(1).id(), 1, InfrastructureTrouble.TARGET_UNBOOTABLE));
        assertThat(job(id).state()).isEqualTo(JobState.ERROR);
        assertThat(job(id).message()).contains("TARGET_UNBOOTABLE").contains("it broke");
    }

    @Test
    void whatContradictsItselfIsRefusedAndChangesNothing() {
        UUID id = submit("");
        UUID batch = inFlight(id).get(0).id();
        assertRefused(Samples.passed(UUID.randomUUID(), batch, 1, 10), "jobId");
        assertRefused(Samples.passed(id, UUID.randomUUID(), 1, 10), "batchId");
        assertRefused(Samples.passed(submit(""), batch, 1, 10), "batchId");
        assertRefused(Samples.passed(id, batch, 2, 10), "attempt");
        assertRefused(Samples.passed(id, batch, 1, 11), "result.iterations");
        assertRefused(Samples.failed(id, batch, 1, 0, "x", List.of()), "result.iterations");
        assertThat(job(id).iterations()).isZero();
        assertThat(batch(batch).state()).isEqualTo(BatchState.QUEUED);
    }

    private void assertRefused(BatchReport report, String field) {
        assertThatThrownBy(() -> intake.accept(report))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    @Test
    void realTimeRunsFromTheStartAndEndsTheJob() {
        UUID id = submit(", \"wallTime\": \"10m\"");
        clock.check(Instant.now().plus(Duration.ofHours(1)));
        assertThat(job(id).state()).as("nothing of it has run yet").isEqualTo(JobState.QUEUED);
        intake.accept(Samples.passed(id, inFlight(id).get(0).id(), 1, 10));
        clock.check(Instant.now().plus(Duration.ofMinutes(9)));
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
        clock.check(Instant.now().plus(Duration.ofMinutes(10)));
        assertThat(job(id).state()).isEqualTo(JobState.COMPLETED);
        assertThat(job(id).stopReason()).isEqualTo(StopReason.WALL_TIME);
    }

    @Test
    void aJobThatRanNothingDoesNotEndAsCompleted() {
        UUID id = submit(", \"wallTime\": \"10m\"");
        hear(2, new RunningWork(BatchRequest.KIND, inFlight(id).get(0).id(), id, 1, 0));
        clock.check(Instant.now().plus(Duration.ofMinutes(11)));
        assertThat(job(id).state()).isEqualTo(JobState.ERROR);
        assertThat(job(id).stopReason()).isEqualTo(StopReason.WALL_TIME);
        assertThat(job(id).message()).startsWith("no iteration was run: the wall time was over");
    }

    @Test
    void aBatchKeepsTheSizeThatItWasCutWith() throws Exception {
        target = new Http(port)
                .upload(
                        "/api/v1/targets",
                        Http.Part.file("target.yaml", """
                                name: unsized
                                machine: {arch: i386, memory: 16MiB}
                                boot: {kernel: kernel.elf}
                                test: {format: exit}
                                """),
                        Http.Part.file("kernel.elf", "an unsized kernel"))
                .json()
                .get("id")
                .asString();
        UUID id = submit("");
        Batch before = inFlight(id).get(1);
        assertThat(before.iterations()).isEqualTo(BatchSize.FIRST);
        assertThat(before.reportEvery()).isEqualTo(1);
        BatchReport passed = Samples.passed(
                id, inFlight(id).get(0).id(), 1, inFlight(id).get(0).iterations());
        BatchReport.Finished result = (BatchReport.Finished) passed.result();
        Coordinates own = result.coordinates();
        intake.accept(Samples.report(
                id,
                inFlight(id).get(0).id(),
                1,
                new BatchReport.Finished(
                        new Coordinates(
                                own.target(),
                                own.snapshot(),
                                own.emulator(),
                                own.machineOptions(),
                                own.schedule(),
                                10,
                                1),
                        10,
                        1_000,
                        0,
                        null)));
        JobView view = views.of(job(id), fleet.now());
        assertThat(view.findsBatchSize()).isTrue();
        assertThat(view.iterationsPerBatch()).as("of no time at all").isGreaterThan(BatchSize.FIRST);
        Batch after = inFlight(id).get(1);
        assertThat(after.iterations()).isEqualTo(view.iterationsPerBatch());
        assertThat(after.reportEvery()).isEqualTo(view.reportEvery());
        assertThat(job(id).request(after).usualInstructions()).isEqualTo(100);
        intake.accept(Samples.troubled(id, before.id(), 1, InfrastructureTrouble.EMULATOR_DIED));
        BatchRequest again = job(id).request(batch(before.id()));
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.iterations()).isEqualTo(BatchSize.FIRST);
        assertThat(again.reportEvery()).isEqualTo(1);
    }

    @Test
    void theWindowGrowsWithTheWorkersUpToItsLimit() {
        UUID id = submit("");
        hear(3);
        clock.check(Instant.now());
        assertThat(inFlight(id)).hasSize(6);
        hear(1_000);
        clock.check(Instant.now());
        assertThat(inFlight(id)).hasSize(64);
        assertThat(inFlight(id)).extracting(Batch::schedule).doesNotHaveDuplicates();
    }

    private void hear(int slots, RunningWork... running) {
        WorkerHeartbeat heartbeat = new WorkerHeartbeat(
                Wire.VERSION, "worker-1", "host", slots, "qemu 7.2", Instant.now(), List.of(running), null);
        fleet.hear(heartbeat);
        sweep.heard(heartbeat);
    }

    /** The only worker that has slots. */
    private void workerHas(String emulators) {
        fleet.hear(new WorkerHeartbeat(Wire.VERSION, "worker-1", "host", 3, emulators, Instant.now(), List.of(), null));
    }

    private void hear(String worker, int slots, long largestGuest) {
        fleet.hear(new WorkerHeartbeat(
                Wire.VERSION, worker, "host", slots, "qemu 7.2", Instant.now(), List.of(), null, largestGuest, null));
    }

    /** The sample target's guest has 16 MiB. */
    @Test
    void aBatchThatWorkersHandBackGoesOnUntilOneCanServeIt() {
        hear("small", 2, 8 << 20);
        hear("large", 2, 1 << 30);
        UUID id = submit("");
        UUID batch = inFlight(id).get(0).id();
        int handedBack = 9;
        for (int attempt = 1; attempt <= handedBack; attempt++) {
            intake.accept(Samples.troubled(id, batch, attempt, InfrastructureTrouble.GUEST_TOO_LARGE));
            assertThat(batch(batch).attempt()).isEqualTo(attempt + 1);
        }
        intake.accept(Samples.troubled(id, batch, 3, InfrastructureTrouble.GUEST_TOO_LARGE));
        assertThat(batch(batch).attempt()).as("a copy").isEqualTo(handedBack + 1);
        assertThat(job(id).state()).as("nothing of it has run").isEqualTo(JobState.QUEUED);
        assertThat(job(id).totals().infrastructureTroubles()).isZero();
        intake.accept(Samples.troubled(id, batch, handedBack + 1, InfrastructureTrouble.EMULATOR_DIED));
        assertThat(batch(batch).attempt()).isEqualTo(handedBack + 2);
        assertThat(batch(batch).attempts().tries())
                .as("there are more attempts")
                .isEqualTo(2);
        intake.accept(
                Samples.passed(id, batch, handedBack + 2, inFlight(id).get(0).iterations()));
        assertThat(batch(batch).state()).isEqualTo(BatchState.COMPLETED);
        assertThat(job(id).totals().infrastructureTroubles()).isEqualTo(1);
    }

    @Test
    void aJobThatNoLiveWorkerCanServeSaysSoAndWaits() {
        UUID id = submit("");
        assertThat(views.of(job(id), fleet.now()).waitsFor()).isEqualTo("no worker is alive");
        hear("small", 4, 8 << 20);
        UUID other = submit("");
        assertThat(inFlight(other)).as("nobody could take them").isEmpty();
        assertThat(views.of(job(other), fleet.now()).waitsFor()).contains("16 MiB", "8 MiB");
        clock.check(Instant.now());
        assertThat(inFlight(other)).isEmpty();
        hear("large", 1, 1 << 30);
        clock.check(Instant.now());
        assertThat(inFlight(other))
                .as("one slot's worth, not five")
                .hasSizeLessThanOrEqualTo(2)
                .isNotEmpty();
        assertThat(views.of(job(other), fleet.now()).waitsFor()).isNull();
    }

    @Test
    void aHeartbeatShowsThatAJobRuns() {
        UUID id = submit("");
        hear(2, new RunningWork(BatchRequest.KIND, inFlight(id).get(0).id(), id, 1, 7));
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
        JobView view = views.of(job(id), fleet.now());
        assertThat(view.machines()).isEqualTo(1);
        assertThat(view.iterationsRunning()).isEqualTo(7);
        assertThat(view.iterations()).isZero();
    }

    @Test
    void aBatchThatTheQueueForgotIsQueuedAgain() throws Exception {
        UUID id = submit("");
        UUID forgotten = inFlight(id).get(0).id();
        UUID running = inFlight(id).get(1).id();
        Instant later = Instant.now().plus(Duration.ofMinutes(16));
        sweep.check(later);
        assertThat(batch(forgotten).attempt())
                .as("without workers everything waits")
                .isEqualTo(1);
        awaitEmptyOutbox();
        hear(2, new RunningWork(BatchRequest.KIND, running, id, 1, 0));
        sweep.check(later);
        assertThat(batch(forgotten).attempt()).as("it may stand behind others").isEqualTo(1);
        // A younger batch of another job is seen running: the queue has passed the older one.
        UUID other = submit("");
        hear(
                2,
                new RunningWork(BatchRequest.KIND, running, id, 1, 0),
                new RunningWork(BatchRequest.KIND, inFlight(other).get(0).id(), other, 1, 0));
        awaitEmptyOutbox();
        sweep.check(later);
        assertThat(batch(forgotten).attempt()).isEqualTo(2);
        assertThat(batch(running).attempt()).as("it is in a machine").isEqualTo(1);
        // Of this batch: the clock that runs beside the test may have cut others, which are silent by then as well.
        assertThat(database.sql("select count(*) from infrastructure_troubles where batch_id = ?")
                        .param(forgotten)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        intake.accept(Samples.passed(id, forgotten, 1, 10));
        assertThat(job(id).iterations()).isEqualTo(10);
    }

    private void awaitEmptyOutbox() throws InterruptedException {
        // Tests that look at jobs at a later time leave messages that are due then.
        database.sql("update outbox set due_at = now()").update();
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (database.sql("select count(*) from outbox").query(Long.class).single() > 0) {
            assertThat(System.nanoTime()).as("the outbox is carried to Kafka").isLessThan(end);
            Thread.sleep(50);
        }
    }

    @Test
    void aCancelledJobTakesBackWhatWasNotSentAndCountsTheRest() throws Exception {
        UUID id = submit("");
        awaitEmptyOutbox();
        List<Batch> flying = inFlight(id);
        // As if the second had not been sent yet: due in the future, so that nobody sends it in between.
        database.sql("""
            insert into outbox (topic, key, payload, job_id, work_id, due_at)
            values ('nowhere', 'k', '', ?, ?, now() + interval '1 hour')\
            """).params(id, flying.get(1).id()).update();
        Http http = new Http(port);
        assertThat(http.post("/api/v1/jobs/" + id + "/cancel", "")
                        .json()
                        .get("state")
                        .asString())
                .isEqualTo("CANCELLED");
        assertThat(batch(flying.get(0).id()).state()).isEqualTo(BatchState.WITHDRAWN);
        assertThat(batch(flying.get(1).id()).state()).isEqualTo(BatchState.WITHDRAWN);
        Instant end = job(id).finishedAt();
        assertThat(http.post("/api/v1/jobs/" + id + "/cancel", "").status()).isEqualTo(200);
        assertThat(job(id).finishedAt()).isEqualTo(end);
        intake.accept(Samples.failed(id, flying.get(0).id(), 1, 5, "late", List.of()));
        intake.accept(Samples.troubled(id, flying.get(1).id(), 1, InfrastructureTrouble.DISK_FULL));
        Job job = job(id);
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.iterations()).isEqualTo(5);
        assertThat(job.failures()).isEqualTo(1);
        assertThat(job.totals().batchesInFlight()).isZero();
        assertThat(batch(flying.get(1).id()).attempt()).isEqualTo(1);
    }

    private UUID submitJson(String json) {
        return submission
                .submit(Documents.fromJson(json.replace("TARGET", target), JobRequest.class), null)
                .job()
                .id();
    }

    /** A failure ends its batch; the places after it are not left out, and none is tried twice. */
    @Test
    void aSweepTriesEveryPlaceOnceWhateverFails() {
        // 4 ms at shift 10 are 3,906 instructions: 40 places.
        UUID id = submitJson(
                "{\"target\": \"TARGET\", \"strategy\": {\"kind\": \"sweep\", \"shifts\": [10], \"step\": 100},"
                        + " \"stopAfterFailures\": 0}");
        List<Long> delays = new ArrayList<>();
        while (!inFlight(id).isEmpty()) {
            Batch batch = inFlight(id).get(0);
            boolean fails = delays.size() % 7 == 3;
            int run = fails ? Math.min(3, batch.iterations()) : batch.iterations();
            for (int k = 0; k < run; k++) {
                delays.add(Delays.before(batch.schedule(), k));
            }
            intake.accept(
                    fails
                            ? Samples.failed(id, batch.id(), 1, run, "swept", List.of())
                            : Samples.passed(id, batch.id(), 1, run));
            JobView view = views.of(job(id), fleet.now());
            assertThat(view.coverage()).isEqualTo(new JobView.Coverage(delays.size(), 40));
        }
        assertThat(delays).hasSize(40).doesNotHaveDuplicates();
        Job job = job(id);
        assertThat(job.failures()).isPositive();
        assertThat(job.state()).isEqualTo(JobState.COMPLETED);
        assertThat(job.stopReason()).isEqualTo(StopReason.SCHEDULES);
        JobView view = views.of(job, fleet.now());
        assertThat(view.rateMeaning()).contains("places");
        assertThat(view.failureRate().low()).isNull();
        assertThat(view.rateUnderRandom()).isNull();
    }

    @Test
    void anAdaptiveJobShowsItsArmsAndTheRateUnderRandomOfThoseThatAre() {
        UUID id = submitJson("{\"target\": \"TARGET\", \"strategy\": {\"kind\": \"adaptive\", \"shifts\": [4, 6],"
                + " \"buckets\": 2}, \"stopAfterFailures\": 0, \"iterations\": 300}");
        while (!inFlight(id).isEmpty()) {
            Batch batch = inFlight(id).get(0);
            intake.accept(
                    batch.arm() == 1
                            ? Samples.failed(id, batch.id(), 1, batch.iterations(), "adapted", List.of())
                            : Samples.passed(id, batch.id(), 1, batch.iterations()));
        }
        Job job = job(id);
        List<ArmView> arms = views.arms(job);
        assertThat(arms).hasSize(6);
        assertThat(arms.stream().mapToLong(ArmView::iterations).sum()).isEqualTo(300);
        assertThat(arms.stream().mapToLong(ArmView::failures).sum()).isEqualTo(job.failures());
        assertThat(arms.get(1).failures()).isEqualTo(arms.get(1).batches()).isGreaterThan(2);
        ArmView.Posterior posterior = Objects.requireNonNull(arms.get(1).posterior());
        assertThat(posterior.alpha()).isEqualTo(1.0 + arms.get(1).failures());
        JobView view = views.of(job, fleet.now());
        assertThat(view.rateMeaning()).contains("see the arms");
        assertThat(view.failureRate().high()).isNull();
        assertThat(Objects.requireNonNull(view.rateUnderRandom()).perIteration())
                .isZero();
    }

    @Test
    void theRateBelowStopsAJob() {
        UUID id = submit(", \"stopWhenRateBelow\": {\"rate\": 0.1, \"confidence\": 0.95}");
        for (int i = 0; i < 3; i++) {
            assertThat(job(id).ended()).isFalse();
            Batch batch = inFlight(id).get(0);
            intake.accept(Samples.passed(id, batch.id(), 1, batch.iterations()));
        }
        // ln 0.05 / ln 0.9 is 28.4.
        assertThat(job(id).iterations()).isEqualTo(30);
        assertThat(job(id).stopReason()).isEqualTo(StopReason.RATE_BELOW);
    }

    private UUID jobWithAFailure() {
        UUID old = submit("");
        intake.accept(Samples.failed(old, inFlight(old).get(0).id(), 1, 2, "to be fixed", List.of()));
        return old;
    }

    private Http.Answer post(String path, String json) throws Exception {
        return new Http(port).post("/api/v1/jobs/" + path, json.replace("TARGET", target));
    }

    private FixView fix(UUID job) {
        return Objects.requireNonNull(views.of(job(job), fleet.now()).isItFixed());
    }

    @Test
    void isItFixedRunsWhatItTakesAndSaysHowSureItIs() throws Exception {
        UUID old = jobWithAFailure();
        Http.Answer answer = post(old + "/is-it-fixed", "{\"target\": \"TARGET\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        UUID id = UUID.fromString(answer.json().get("id").asString());
        JsonNode first = answer.json().get("isItFixed");
        assertThat(first.get("verdict").asString()).isEqualTo("UNDECIDED");
        assertThat(first.get("job").asString()).isEqualTo(old.toString());
        // One failure in 2 iterations: 2 (20 - 1).
        assertThat(first.get("iterationsNeeded").asLong()).isEqualTo(38);
        assertThat(first.get("iterationsIfRateWereExact").asLong()).isEqualTo(5);
        assertThat(job(id).course().strategy()).isNotEqualTo(job(old).course().strategy());
        while (!inFlight(id).isEmpty()) {
            assertThat(fix(id).verdict()).isEqualTo(FixVerdict.UNDECIDED);
            Batch batch = inFlight(id).get(0);
            intake.accept(Samples.passed(id, batch.id(), 1, batch.iterations()));
        }
        assertThat(job(id).iterations()).isEqualTo(38);
        FixView last = fix(id);
        assertThat(last.verdict()).isEqualTo(FixVerdict.NO_FAILURE_AT_CONFIDENCE);
        assertThat(last.confidenceReached()).isBetween(0.95, 0.951);
    }

    @Test
    void aFailureOnTheNewTargetSaysNotFixed() throws Exception {
        Http.Answer answer = post(
                jobWithAFailure() + "/is-it-fixed", "{\"target\": \"TARGET\", \"rate\": 5e-5, \"confidence\": 0.95}");
        UUID id = UUID.fromString(answer.json().get("id").asString());
        assertThat(answer.json().get("isItFixed").get("iterationsNeeded").asLong())
                .isEqualTo(59_914);
        intake.accept(Samples.failed(id, inFlight(id).get(0).id(), 1, 2, "not fixed", List.of()));
        FixView view = fix(id);
        assertThat(view.verdict()).isEqualTo(FixVerdict.NOT_FIXED);
        assertThat(view.confidenceReached()).isNull();
        assertThat(job(id).ended()).isTrue();
    }

    @Test
    void questionsThatCannotBeAnsweredAreRefused() throws Exception {
        UUID old = jobWithAFailure();
        refused(
                post(old + "/is-it-fixed", "{\"target\": \"TARGET\", \"confidence\": 1}"),
                400,
                "confidence",
                "below 1");
        refused(post(old + "/is-it-fixed", "{\"target\": \"TARGET\", \"rate\": 1e-15}"), 400, "rate", "would take");
        refused(post(old + "/is-it-fixed", "{}"), 400, "target", "missing");
        refused(post(submit("") + "/is-it-fixed", "{\"target\": \"TARGET\"}"), 422, "rate", "no failure");
        UUID sweep = submitJson("{\"target\": \"TARGET\", \"strategy\": \"sweep\"}");
        refused(post(sweep + "/is-it-fixed", "{\"target\": \"TARGET\", \"rate\": 0.1}"), 422, "strategy", "places");
        refused(post(sweep + "/compare", "{\"with\": {\"strategy\": \"random\"}}"), 422, "strategy", "places");
        refused(post(old + "/compare", "{\"with\": {}}"), 400, "with", "must name");
        refused(post(old + "/compare", "{\"with\": {\"target\": \"TARGET\"}}"), 400, "with.target", "same");
        refused(post(old + "/compare", "{\"with\": {\"setting\": {}}}"), 400, "with.setting", "same");
        refused(
                post(old + "/compare", "{\"with\": {\"setting\": {\"cpu\": \"z80\"}}}"),
                400,
                "with.setting.cpu",
                "must be one of pentium3");
        refused(post(old + "/compare", "{\"with\": {\"strategy\": \"sweep\"}}"), 422, "with.strategy", "places");
        refused(
                post(submit("") + "/compare", "{\"with\": {\"strategy\": {\"kind\": \"random\", \"shifts\": [6]}}}"),
                422,
                "iterations",
                "how many");
    }

    private static void refused(Http.Answer answer, int status, String field, String words) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().get("field").asString()).isEqualTo(field);
        assertThat(answer.json().get("detail").asString()).contains(words);
    }

    @Test
    void aComparisonRunsBothSidesByTurnsAndSaysWhetherTheyDiffer() throws Exception {
        Http.Answer answer = post(
                jobWithAFailure() + "/compare",
                "{\"with\": {\"strategy\": {\"kind\": \"random\", \"shifts\": [6]}}, \"iterations\": 200}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        UUID one = UUID.fromString(answer.json().get("first").get("job").asString());
        UUID other = UUID.fromString(answer.json().get("second").get("job").asString());
        assertThat(answer.json().get("verdict").asString()).isEqualTo("UNDECIDED");
        assertThat(inFlight(one)).hasSize(2);
        assertThat(inFlight(other))
                .hasSize(2)
                .allSatisfy(batch -> assertThat(batch.schedule().shift()).isEqualTo(6));
        // Only one side is reported: it goes no further than a batch ahead.
        for (int i = 0; i < 5 && !inFlight(one).isEmpty(); i++) {
            intake.accept(Samples.passed(one, inFlight(one).get(0).id(), 1, 10));
        }
        assertThat(job(one).totals().batchesCreated())
                .isLessThanOrEqualTo(job(other).totals().batchesCreated() + 1);
        while (!inFlight(one).isEmpty() || !inFlight(other).isEmpty()) {
            for (Batch batch : inFlight(one)) {
                intake.accept(Samples.passed(one, batch.id(), 1, batch.iterations()));
            }
            for (Batch batch : inFlight(other)) {
                intake.accept(
                        batch.number() % 2 == 0
                                ? Samples.failed(other, batch.id(), 1, batch.iterations(), "observed", List.of())
                                : Samples.passed(other, batch.id(), 1, batch.iterations()));
            }
        }
        JsonNode end = new Http(port)
                .get("/api/v1/comparisons/" + answer.json().get("id").asString())
                .json();
        assertThat(end.get("first").get("iterations").asLong()).isEqualTo(200);
        assertThat(end.get("second").get("iterations").asLong()).isEqualTo(200);
        assertThat(end.get("second").get("failures").asLong()).isEqualTo(10);
        // 0 of 200 against 10 of 200: 2 C(200,10) / C(400,10) is 0.0017.
        assertThat(end.get("pValue").asDouble()).isBetween(0.0016, 0.0018);
        assertThat(end.get("verdict").asString()).isEqualTo("DIFFERENT");
        assertThat(end.get("ratio").isNull()).isTrue();
        assertThat(end.get("ratioLow").asDouble()).isGreaterThan(1);
    }

    /** The second side has another processor, and keeps it when it is asked something itself. */
    @Test
    void aComparisonOfProcessorsRunsEachSideInItsOwn() throws Exception {
        Http.Answer answer = post(
                jobWithAFailure() + "/compare",
                "{\"with\": {\"setting\": {\"cpu\": \"core2duo\"}}, \"iterations\": 200}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        UUID one = UUID.fromString(answer.json().get("first").get("job").asString());
        UUID other = UUID.fromString(answer.json().get("second").get("job").asString());
        assertThat(answer.json().at("/second/setting/cpu").asString()).isEqualTo("core2duo");
        assertThat(inFlight(one))
                .isNotEmpty()
                .allSatisfy(batch -> assertThat(batch.schedule().setting()).isNull());
        Setting setting = new Setting(CpuModel.CORE2DUO);
        assertThat(inFlight(other)).isNotEmpty().allSatisfy(batch -> {
            assertThat(batch.schedule().setting()).isEqualTo(setting);
            assertThat(job(other).request(batch).schedule().setting()).isEqualTo(setting);
        });
        refused(
                post(other + "/compare", "{\"with\": {\"setting\": {\"cpu\": \"core2duo\"}}, \"iterations\": 9}"),
                400,
                "with.setting",
                "same");
    }

    /** Guest bug or emulator bug: the same schedules on both sides, told one by one. */
    @Test
    void aComparisonOfEmulatorsRunsTheSameSchedules() throws Exception {
        workerHas("qemu-system-i386: QEMU emulator version 7.2.22; qemu-system-i386: QEMU emulator version 10.0.2 (D)");
        Http.Answer answer = post(
                jobWithAFailure() + "/compare",
                "{\"with\": {\"setting\": {\"emulator\": \"10.0\"}}, \"firstEmulator\": \"7.2\", \"iterations\": 200}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        UUID one = UUID.fromString(answer.json().get("first").get("job").asString());
        UUID other = UUID.fromString(answer.json().get("second").get("job").asString());
        assertThat(answer.json().at("/emulators/verdict").asString()).isEqualTo("UNDECIDED");
        boolean heard = false;
        while (!inFlight(one).isEmpty() || !inFlight(other).isEmpty()) {
            for (Batch batch : inFlight(one)) {
                assertThat(Setting.emulator(batch.schedule().setting())).isEqualTo(new Release("7.2"));
                intake.accept(Samples.passed(one, batch.id(), 1, batch.iterations()));
            }
            for (Batch batch : inFlight(other)) {
                assertThat(Setting.emulator(batch.schedule().setting())).isEqualTo(new Release("10.0"));
                intake.accept(
                        batch.number() % 2 == 0
                                ? Samples.failed(other, batch.id(), 1, batch.iterations(), "observed", List.of())
                                : Samples.passed(other, batch.id(), 1, batch.iterations()));
            }
            heard = true;
        }
        assertThat(heard).isTrue();
        assertThat(schedules(one)).isEqualTo(schedules(other)).hasSizeGreaterThan(1);
        JsonNode emulators = new Http(port)
                .get("/api/v1/comparisons/" + answer.json().get("id").asString())
                .json()
                .get("emulators");
        assertThat(emulators.get("verdict").asString()).isEqualTo("ONLY_SECOND_FAILS");
        assertThat(emulators.get("meaning").asString())
                .isEqualTo("it fails on QEMU 10.0 and not on QEMU 7.2: a bug of that emulator, or timing that only it"
                        + " produces");
        assertThat(emulators.at("/schedules/failedOnSecond").asLong()).isEqualTo(10);
        assertThat(emulators.at("/schedules/failedOnBoth").asLong()).isZero();
        assertThat(emulators.at("/schedules/ran").asLong())
                .isEqualTo(schedules(one).size());
    }

    /** Of a job's batches, wherever they run. */
    private List<Schedule> schedules(UUID job) {
        return database
                .sql("select schedule from batches where job_id = ? order by number")
                .param(job)
                .query(String.class)
                .list()
                .stream()
                .map(text -> Wire.read(text.getBytes(StandardCharsets.UTF_8), Schedule.class)
                        .under(null))
                .toList();
    }

    @Test
    void aReleaseThatNoWorkerHasIsSaidOnTheJob() throws Exception {
        UUID id = ableJob("{\"emulator\": \"10.0\"}");
        JsonNode view = new Http(port).get("/api/v1/jobs/" + id).json();
        assertThat(view.at("/setting/emulator").asString()).isEqualTo("10.0");
        workerHas("qemu-system-i386: QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)");
        assertThat(new Http(port)
                        .get("/api/v1/jobs/" + id)
                        .json()
                        .get("waitsFor")
                        .isNull())
                .isTrue();
        workerHas("qemu-system-i386: QEMU emulator version 7.2.22 (Debian 1:7.2)");
        assertThat(new Http(port)
                        .get("/api/v1/jobs/" + id)
                        .json()
                        .get("waitsFor")
                        .asString())
                .isEqualTo("no live worker has QEMU 10.0; they have 7.2.22");
    }

    @Test
    void aGuestOfSeveralCpusWaitsForAnEmulatorThatRunsThem() throws Exception {
        workerHas("qemu-system-i386: QEMU emulator version 7.2.22 (Debian 1:7.2)");
        target = upload("{arch: i386, memory: 16MiB, cpus: 2}");
        UUID id = submitJson("{\"target\": \"TARGET\", \"strategy\": \"random\"}");
        assertThat(inFlight(id)).isEmpty();
        assertThat(waitsFor(id))
                .isEqualTo(
                        "no live worker can serve it: its guest has several CPUs, which needs QEMU 8.1 or newer; they have"
                                + " 7.2.22");
        String newer = "qemu-system-i386: QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)";
        fleet.hear(new WorkerHeartbeat(
                Wire.VERSION,
                "worker-1",
                "host",
                3,
                "qemu-system-i386: QEMU emulator version 7.2.22 (Debian 1:7.2); " + newer,
                Instant.now(),
                List.of(),
                null,
                null,
                null,
                null,
                newer));
        clock.check(Instant.now());
        assertThat(waitsFor(id)).isNull();
        assertThat(inFlight(id)).isNotEmpty();
        UUID sliced =
                submitJson("{\"target\": \"TARGET\", \"strategy\": {\"kind\": \"random\", \"slices\": [37, 101]}}");
        assertThat(inFlight(sliced))
                .isNotEmpty()
                .allSatisfy(batch -> assertThat(batch.schedule().slices()).containsExactly(37, 101));
        assertThat(new Http(port)
                        .get("/api/v1/jobs/" + sliced)
                        .json()
                        .at("/strategy/slices/1")
                        .asInt())
                .isEqualTo(101);
        for (String bad : List.of("[0]", "[1000000]", "[1, 2, 3, 4]")) {
            assertThatThrownBy(() -> submitJson(
                            "{\"target\": \"TARGET\", \"strategy\": {\"kind\": \"fixed\", \"slices\": " + bad + "}}"))
                    .hasMessageContaining("slices: ");
        }
        UUID old =
                submitJson("{\"target\": \"TARGET\", \"strategy\": \"random\", \"setting\": {\"emulator\": \"7.2\"}}");
        assertThat(inFlight(old)).isEmpty();
        assertThat(waitsFor(old)).contains("needs QEMU 8.1 or newer, and it asks for 7.2; they have 10.0.2, 7.2.22");
        assertThatThrownBy(() -> submitJson("{\"target\": \"TARGET\", \"strategy\": \"traced\"}"))
                .hasMessageContaining("strategy.kind: 'traced' needs a recording");
        target = upload("{arch: i386, memory: 16MiB}");
        assertThatThrownBy(() ->
                        submitJson("{\"target\": \"TARGET\", \"strategy\": {\"kind\": \"random\", \"slices\": [37]}}"))
                .hasMessageContaining("strategy.slices: '[37]' must be empty: the target has one CPU");
    }

    private @Nullable String waitsFor(UUID id) throws Exception {
        JsonNode waitsFor = new Http(port).get("/api/v1/jobs/" + id).json().get("waitsFor");
        return waitsFor.isNull() ? null : waitsFor.asString();
    }

    private String upload(String machine) throws Exception {
        return new Http(port)
                .upload(
                        "/api/v1/targets",
                        Http.Part.file(
                                "target.yaml",
                                "name: able\nmachine: " + machine
                                        + "\nboot: {kernel: kernel.elf}\ntest: {iterationsPerBatch: 10}\n"),
                        Http.Part.file("kernel.elf", "an able kernel"))
                .json()
                .get("id")
                .asString();
    }

    private UUID ableJob(String setting) throws Exception {
        target = new Http(port)
                .upload(
                        "/api/v1/targets",
                        Http.Part.file("target.yaml", """
                            name: able
                            machine: {arch: i386, memory: 16MiB, timerHz: [100, 1000]}
                            boot: {kernel: kernel.elf}
                            test: {iterationsPerBatch: 10, extraInterrupt: true}
                            """),
                        Http.Part.file("kernel.elf", "an able kernel"))
                .json()
                .get("id")
                .asString();
        return submitJson("{\"target\": \"TARGET\", \"strategy\": \"random\", \"stopAfterFailures\": 0, \"setting\": "
                + setting + "}");
    }

    /** What is drawn is drawn for each batch, and stands in its schedule: any of them can be made again. */
    @Test
    void aSettingReachesEachBatchAndTheTimersPeriod() throws Exception {
        UUID id = ableJob("{\"extra\": {\"offset\": 5, \"window\": 1000}, \"timerHz\": 500}");
        List<Setting> settings = new ArrayList<>();
        for (Batch batch : inFlight(id)) {
            assertThat(batch.schedule().window())
                    .isEqualTo(2_000_000 >> batch.schedule().shift());
            settings.add(job(id).request(batch).schedule().setting());
        }
        assertThat(settings).hasSizeGreaterThan(1).doesNotContainNull().doesNotHaveDuplicates();
        Setting own = Objects.requireNonNull(job(id).setting());
        assertThat(settings.get(0)).isEqualTo(own.ofBatch(inFlight(id).get(0).number()));
        JsonNode view = new Http(port).get("/api/v1/jobs/" + id).json();
        assertThat(view.at("/setting/extra/seed").isNumber()).isTrue();
        assertThat(view.at("/setting/timerHz").asInt()).isEqualTo(500);
    }

    @Test
    void aSettingThatCannotBeServedIsRefusedWithTheReason() throws Exception {
        ableJob("{\"logging\": true}");
        String random = "\"strategy\": \"random\", \"setting\": ";
        Http http = new Http(port);
        for (String[] bad : new String[][] {
            {random + "{\"emulator\": \"ten\"}", "setting.emulator", "number of a QEMU release"},
            {random + "{\"emulator\": 10.0}", "setting.emulator", "in quotes"},
            {random + "{\"timerHz\": 50}", "setting.timerHz", "between 100 and 1000"},
            {random + "{\"extra\": {\"offset\": -1}}", "setting.extra.offset", "between 0"},
            {random + "{\"extra\": {\"offset\": 1}, \"icount\": false}", "setting.extra", "counted instructions"},
            {"\"strategy\": \"traced\", \"setting\": {\"icount\": false}", "setting.icount", "random or fixed"},
            {"\"strategy\": \"aligned\", \"setting\": {\"icount\": false}", "setting.icount", "random or fixed"},
            {"\"strategy\": \"traced\", \"setting\": {\"extra\": {\"offset\": 1}}", "setting.extra", "traced"},
        }) {
            refused(http.post("/api/v1/jobs", "{\"target\": \"" + target + "\", " + bad[0] + "}"), 400, bad[1], bad[2]);
        }
        upload(); // a target that says nothing
        UUID old = jobWithAFailure();
        refused(
                post(old + "/compare", "{\"with\": {\"setting\": {\"extra\": {\"offset\": 1}}}}"),
                400,
                "with.setting.extra",
                "does not say extraInterrupt");
        refused(
                post(old + "/compare", "{\"with\": {\"setting\": {\"timerHz\": 100}}}"),
                400,
                "with.setting.timerHz",
                "the tick is compiled in");
        refused(
                post(old + "/compare", "{\"with\": {\"strategy\": \"aligned\", \"setting\": {\"icount\": false}}}"),
                400,
                "with.setting.icount",
                "random or fixed");
    }

    /** The first side is counted and recorded, the second as anyone's emulator runs it: what fails there is counted all the same. */
    @Test
    void aComparisonTellsWhetherCountingHidesTheBug() throws Exception {
        Http.Answer answer = post(
                jobWithAFailure() + "/compare",
                "{\"with\": {\"setting\": {\"icount\": false, \"logging\": true}}, \"iterations\": 200}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        UUID other = UUID.fromString(answer.json().at("/second/job").asString());
        assertThat(answer.json().at("/second/setting/icount").asBoolean(true)).isFalse();
        assertThat(answer.json().at("/second/setting/logging").asBoolean(false)).isTrue();
        assertThat(inFlight(other))
                .isNotEmpty()
                .allSatisfy(batch ->
                        assertThat(Setting.counted(batch.schedule().setting())).isFalse());
    }

    @Test
    void cancellingOneSideEndsTheOther() throws Exception {
        Http.Answer answer = post(
                jobWithAFailure() + "/compare",
                "{\"with\": {\"strategy\": {\"kind\": \"random\", \"shifts\": [6]}}, \"iterations\": 200}");
        String one = answer.json().get("first").get("job").asString();
        new Http(port).post("/api/v1/jobs/" + one + "/cancel", "");
        assertThat(job(UUID.fromString(answer.json().get("second").get("job").asString()))
                        .state())
                .isEqualTo(JobState.CANCELLED);
    }
}
