package io.bohrwerk.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.embedded.KafkaBroker;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import io.bohrwerk.worker.queue.KafkaClients;
import io.bohrwerk.worker.replay.ReplayRunnerTest;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Whole workers on a real broker. */
class WorkerTest {
    /** Runs until it is stopped. */
    private static BatchRequest endless() {
        return Bench.slow(target, 1_000_000);
    }

    /** Takes some seconds, longer than the interval of renewals in these tests. */
    private static BatchRequest longOne() {
        return Bench.slow(target, 60);
    }

    @TempDir
    private static Path directory;

    /** The shortest that a broker takes by default. */
    private static final Duration LOCK = Duration.ofSeconds(15);

    private static KafkaBroker broker;
    private static Queue queue;
    private static Digest target;

    private final Map<String, ConfigurableApplicationContext> workers = new HashMap<>();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = KafkaBroker.start(directory.resolve("kafka"), 0);
        try (FileBlobStore store = FileBlobStore.open(directory.resolve("blobs"), 0)) {
            target = Bench.demo(store);
        }
        queue = new Queue(broker.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        queue.close();
        broker.close();
    }

    private void start(String id, int slots) {
        start(id, slots, directory.resolve("workers"), "0B");
    }

    private void start(String id, int slots, Path home, String leastFree) {
        workers.put(
                id,
                WorkerApplication.start(Map.ofEntries(
                        Map.entry("bohrwerk.worker.id", id),
                        Map.entry("bohrwerk.worker.slots", slots),
                        Map.entry("bohrwerk.worker.directory", home.toString()),
                        Map.entry("bohrwerk.worker.least-free", leastFree),
                        Map.entry("bohrwerk.worker.heartbeat-interval", "300ms"),
                        Map.entry("bohrwerk.worker.queue.bootstrap-servers", broker.bootstrapServers()),
                        Map.entry("bohrwerk.worker.queue.lock", LOCK.toString()),
                        Map.entry("bohrwerk.worker.queue.renew-interval", "1s"),
                        Map.entry(
                                "bohrwerk.worker.blobs.directory",
                                directory.resolve("blobs").toString()),
                        Map.entry("bohrwerk.worker.blobs.least-free", "0B"))));
    }

    private void stop(String id) {
        ConfigurableApplicationContext worker = Objects.requireNonNull(workers.remove(id));
        assertTimeoutPreemptively(Duration.ofSeconds(10), worker::close);
    }

    @AfterEach
    void stopWorkers() throws Exception {
        for (String id : List.copyOf(workers.keySet())) {
            stop(id);
        }
        try (var left = Files.walk(directory.resolve("workers"))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    /** A disk of 400 MB, of which 100 are to be kept free. */
    @Test
    void withoutRoomOnItsDiskNoWorkIsTaken() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("workers/small"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk.toString()).start();
        Assumptions.assumeTrue(mount.waitFor() == 0, "this user cannot mount a small disk");
        try {
            Path filler = disk.resolve("filler");
            try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
                for (int i = 0; i < 350; i++) {
                    file.write(new byte[1 << 20]);
                }
            }
            start("short", 1, disk.resolve("home"), "100MB");
            WorkerHeartbeat paused =
                    queue.awaitHeartbeat(heartbeat -> heartbeat.workerId().equals("short"));
            assertThat(paused.paused()).containsPattern("has [45][0-9] MiB left, fewer than the 100 MiB");
            BatchRequest request = queue.ask(Bench.request(target, 1, 500));
            for (int i = 0; i < 10; i++) {
                queue.awaitHeartbeat(heartbeat -> heartbeat.paused() != null);
            }
            assertThat(queue.on(request)).isEmpty();
            Files.delete(filler);
            assertThat(queue.await(request).result()).isInstanceOf(BatchReport.Finished.class);
            assertThat(queue.awaitHeartbeat(heartbeat -> heartbeat.paused() == null))
                    .isNotNull();
            stop("short");
        } finally {
            new ProcessBuilder("umount", "-l", disk.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    @Test
    void aBatchIsRunReportedAndTakenOffTheQueue() throws Exception {
        start("one", 2);
        List<BatchRequest> requests = new ArrayList<>();
        for (int seed = 1; seed <= 4; seed++) {
            requests.add(queue.ask(Bench.request(target, seed, 500)));
        }
        for (BatchRequest request : requests) {
            BatchReport report = queue.await(request);
            assertThat(report.workerId()).isEqualTo("one");
            assertThat(report.result()).isInstanceOf(BatchReport.Finished.class);
        }
        assertThat(queue.reportKeys).contains(requests.get(0).jobId().toString());
        stop("one");
        start("two", 1); // would get what is still on the queue
        queue.await(queue.ask(Bench.request(target, 5, 500)));
        assertThat(requests).allSatisfy(request -> assertThat(queue.on(request)).hasSize(1));
    }

    /** On the same queue as batches; what a replay gives is {@link ReplayRunnerTest}'s. */
    @Test
    void aReplayIsReportedToo() throws Exception {
        start("one", 1);
        ReplayRequest replay = ReplayRunnerTest.request(target, ReplayMode.VERIFY, 1);
        queue.ask(Wire.write(replay));
        queue.await(queue.ask(Bench.request(target, 1, 500)));
        queue.listen(Duration.ofSeconds(60), () -> !queue.replayReports.isEmpty());
        ReplayReport report = queue.replayReports.get(0);
        assertThat(report.replayId()).isEqualTo(replay.replayId());
        assertThat(report.attempt()).isEqualTo(1);
        assertThat(report.workerId()).isEqualTo("one");
        // The target's list of files is no manifest.
        assertThat(report.result()).isInstanceOf(ReplayReport.Troubled.class);
    }

    @Test
    void poisonIsTakenOffTheQueueAndTheRestGoesOn() throws Exception {
        start("one", 1);
        queue.ask("this is no batch".getBytes(StandardCharsets.UTF_8));
        queue.ask(new byte[0]);
        queue.ask("{\"version\": 1, \"batchId\": \"x\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(queue.await(queue.ask(Bench.request(target, 1, 500))).result())
                .isInstanceOf(BatchReport.Finished.class);
    }

    /** A batch whose lock was renewed a few times is taken off the queue like any other; nothing of its job waits for it. */
    @Test
    void aLongBatchIsDoneOnceAndHoldsUpNoOther() throws Exception {
        start("one", 2);
        BatchRequest request = queue.ask(longOne());
        queue.awaitHeartbeat(running(request));
        for (int seed = 1; seed <= 4; seed++) {
            queue.await(queue.ask(Bench.request(target, seed, 500)));
        }
        assertThat(queue.on(request)).as("still running").isEmpty();
        BatchReport report = queue.await(request);
        assertThat(Duration.between(report.startedAt(), report.finishedAt()))
                .as("or nothing was renewed")
                .isGreaterThan(Duration.ofMillis(1500));
        start("two", 1);
        stop("one");
        queue.await(queue.ask(Bench.request(target, 1, 500)));
        assertThat(queue.on(request)).hasSize(1);
    }

    private static Predicate<WorkerHeartbeat> running(BatchRequest request) {
        return heartbeat -> heartbeat.work().stream().anyMatch(work -> work.id().equals(request.batchId()));
    }

    private static Predicate<WorkerHeartbeat> running(String worker, BatchRequest request) {
        return running(request).and(heartbeat -> heartbeat.workerId().equals(worker));
    }

    @Test
    void aBatchStaysWithItsWorkerUntilThatStops() throws Exception {
        start("one", 1);
        BatchRequest request = queue.ask(endless());
        WorkerHeartbeat busy = queue.awaitHeartbeat(
                running(request).and(heartbeat -> heartbeat.work().get(0).iterationsPassed() > 0));
        assertThat(busy.workerId()).isEqualTo("one");
        assertThat(busy.slots()).isEqualTo(1);
        assertThat(busy.emulator()).contains("QEMU emulator version");
        assertThat(busy.work().get(0).jobId()).isEqualTo(request.jobId());
        start("taker", 2);
        queue.listenFor(LOCK.plusSeconds(2));
        assertThat(queue.heartbeats)
                .filteredOn(heartbeat -> heartbeat.workerId().equals("taker"))
                .as("the lock is renewed past its own end")
                .isNotEmpty()
                .allMatch(heartbeat -> heartbeat.work().isEmpty());
        stop("one");
        queue.awaitHeartbeat(running("taker", request));
        assertThat(queue.on(request))
                .as("no report on a batch that was given back")
                .isEmpty();
        stop("taker");
        // A batch that no worker survives is reported in the end, before the broker drops it.
        for (int delivery = 3; delivery < KafkaClients.MOST_DELIVERIES; delivery++) {
            String id = "taker-" + delivery;
            start(id, 1);
            queue.awaitHeartbeat(running(id, request));
            stop(id);
        }
        start("last", 1);
        BatchReport report = queue.await(request);
        assertThat(report.workerId()).isEqualTo("last");
        assertThat(report.result()).isInstanceOfSatisfying(BatchReport.Troubled.class, trouble -> {
            assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.UNDELIVERABLE);
            assertThat(trouble.message()).contains(KafkaClients.MOST_DELIVERIES + " times");
        });
        WorkerHeartbeat troubled = queue.awaitHeartbeat(heartbeat -> heartbeat.lastTrouble() != null);
        assertThat(troubled.lastTrouble()).startsWith("UNDELIVERABLE: ");
    }

    /** What had passed until then is reported, so that no iteration without a failure is left out of the rate. */
    @Test
    void batchesOfJobsThatHaveEndedAreStoppedOrDropped() throws Exception {
        start("one", 1);
        BatchRequest runs = queue.ask(endless());
        BatchRequest waits = queue.ask(endless());
        queue.awaitHeartbeat(
                running(runs).and(heartbeat -> heartbeat.work().get(0).iterationsPassed() > 0));
        queue.withdraw(waits.jobId());
        queue.withdraw(runs.jobId());
        assertThat(queue.await(runs).result()).isInstanceOfSatisfying(BatchReport.Finished.class, finished -> {
            assertThat(finished.failure()).isNull();
            assertThat(finished.iterations()).isBetween(1L, runs.iterations() - 1L);
            assertThat(finished.instructions()).isPositive();
        });
        queue.await(queue.ask(Bench.request(target, 1, 500)));
        assertThat(queue.on(waits)).isEmpty();
        // A worker that starts later has heard of it as well.
        queue.ask(waits);
        start("two", 1);
        stop("one");
        queue.await(queue.ask(Bench.request(target, 2, 500)));
        assertThat(queue.on(waits)).isEmpty();
    }

    /** A worker comes up before its broker, and outlives it. */
    @Test
    void theBrokerMayComeAndGo() throws Exception {
        Path data = directory.resolve("kafka");
        int port = broker.port();
        broker.close();
        start("one", 1);
        broker = KafkaBroker.start(data, port);
        assertThat(queue.await(queue.ask(Bench.request(target, 1, 500))).result())
                .isInstanceOf(BatchReport.Finished.class);
        BatchRequest interrupted = queue.ask(longOne());
        queue.awaitHeartbeat(running(interrupted));
        broker.close();
        broker = KafkaBroker.start(data, port);
        assertThat(queue.await(interrupted).result()).isInstanceOf(BatchReport.Finished.class);
        assertThat(queue.await(queue.ask(Bench.request(target, 2, 500))).result())
                .isInstanceOf(BatchReport.Finished.class);
    }

    @Test
    void whatNewerWorkersShouldTakeIsNotRefused() throws Exception {
        start("one", 2);
        BatchRequest request = Bench.request(target, 1, 500);
        String newer =
                new String(Wire.write(request), StandardCharsets.UTF_8).replace("\"version\":1", "\"version\":2");
        queue.ask(newer.getBytes(StandardCharsets.UTF_8));
        BatchRequest known = queue.ask(Bench.request(target, 2, 500));
        queue.await(known);
        assertThat(queue.on(request)).isEmpty();
    }
}
