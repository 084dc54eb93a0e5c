package io.bohrwerk.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.schedule.CpuModel;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.worker.Bench;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.machine.Machines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Batches of the demo target in real emulators: what they report, what they leave, and what trouble does. */
@Tag("emulators")
class BatchRunnerTest {
    /** To be stopped in the middle. */
    private static final int ENDLESS = 1_000_000;

    @TempDir
    private static Path directory;

    private static Bench bench;
    private static Digest target;
    private static long failing;
    private static BatchRequest failed;
    private static BatchReport.Finished finished;

    @BeforeAll
    static void findAFailure() throws Exception {
        bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"));
        target = Bench.demo(bench.store);
        failing = bench.failingSeed(target);
        failed = Bench.request(target, failing);
        finished = bench.finish(failed);
    }

    @AfterAll
    static void nothingIsLeft() throws Exception {
        assertThat(bench.machineDirectories()).isZero();
        assertThat(bench.emulators()).isEmpty();
        bench.close();
        assertThat(Bench.files(directory.resolve("worker"))).isZero();
    }

    @Test
    void aPassingBatchLeavesNoBytes() throws Exception {
        long before = Bench.files(directory.resolve("blobs"));
        BatchRequest request = Bench.passing(target, 200);
        BatchReport report = bench.run(request);
        assertThat(report.batchId()).isEqualTo(request.batchId());
        assertThat(report.jobId()).isEqualTo(request.jobId());
        assertThat(report.attempt()).isEqualTo(1);
        assertThat(report.finishedAt()).isAfter(report.startedAt());
        assertThat(report.result()).isInstanceOfSatisfying(BatchReport.Finished.class, result -> {
            assertThat(result.failure()).isNull();
            assertThat(result.iterations()).isEqualTo(200);
            assertThat(result.instructions()).isPositive();
            assertThat(result.millisToFirstIteration()).isPositive();
            assertThat(result.coordinates().target()).isEqualTo(target);
            assertThat(result.coordinates().emulator()).startsWith("qemu-system-i386: ");
        });
        assertThat(Bench.files(directory.resolve("blobs"))).isEqualTo(before);
    }

    @Test
    void aFailureIsVerifiedAndKept() throws Exception {
        FailedIteration failure = failure(finished);
        assertThat(failure.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(failure.replay()).as(failure.replayNote()).isEqualTo(ReplayVerdict.VERIFIED);
        assertThat(failure.replayNote()).isEmpty();
        assertThat(failure.iteration()).isEqualTo(finished.iterations());
        assertThat(failure.report())
                .contains("@bw fail " + failure.iteration() + " " + failure.reason())
                .doesNotContain("@bw pass");
        assertThat(failure.artifacts())
                .extracting(ArtifactReference::kind)
                .containsExactly(
                        ArtifactKind.MERGED_LOG,
                        ArtifactKind.MERGED_LOG_INDEX,
                        ArtifactKind.SNAPSHOT,
                        ArtifactKind.RECORDING,
                        ArtifactKind.MANIFEST);
        for (ArtifactReference artifact : failure.artifacts()) {
            byte[] bytes = bytes(artifact);
            assertThat(bytes).as("%s", artifact.kind()).hasSize((int) artifact.size());
            assertThat(Digest.of(bytes)).isEqualTo(artifact.digest());
        }
        String log;
        try (InputStream in = new ZstdInputStream(
                bench.store.open(artifact(ArtifactKind.MERGED_LOG).digest()))) {
            log = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int guestLine = log.indexOf("@bw fail " + failure.iteration());
        assertThat(guestLine).as("the guest's own line").isPositive();
        assertThat(log.substring(0, guestLine))
                .as("the debug exception before it")
                .contains("v=01", "DR7=");
    }

    @Test
    void theManifestTellsAll() throws Exception {
        FailedIteration failure = failure(finished);
        JsonNode manifest = JsonMapper.shared().readTree(bytes(artifact(ArtifactKind.MANIFEST)));
        assertThat(manifest.path("version").asInt()).isEqualTo(1);
        assertThat(manifest.path("batchId").asString())
                .isEqualTo(failed.batchId().toString());
        assertThat(manifest.path("coordinates").path("schedule").path("seed").asLong())
                .isEqualTo(failing);
        assertThat(manifest.path("iteration").asLong()).isEqualTo(failure.iteration());
        assertThat(manifest.path("outcome").asString()).isEqualTo("FAILED");
        assertThat(manifest.path("replay").path("verdict").asString()).isEqualTo("VERIFIED");
        JsonNode counts = manifest.path("instructions");
        assertThat(counts.path("last").asLong()).isEqualTo(failure.instructionCount());
        assertThat(counts.path("before").asLong())
                .isBetween(counts.path("first").asLong(), counts.path("last").asLong() - 1);
        assertThat(manifest.path("console").path("port0xe9").asString()).hasSize(64);
        assertThat(manifest.path("artifacts").size()).isEqualTo(4);
        assertThat(manifest.path("artifacts").get(3).path("digest").asString())
                .isEqualTo(artifact(ArtifactKind.RECORDING).digest().hex());
    }

    /** The manifest's own words, followed to the letter with nothing but QEMU and a shell. */
    @Test
    void theFailureReplaysByHand(@TempDir Path hand) throws Exception {
        JsonNode byHand = JsonMapper.shared()
                .readTree(bytes(artifact(ArtifactKind.MANIFEST)))
                .path("byHand");
        Files.write(hand.resolve("kernel"), Bench.resource("kernel.elf"));
        Files.write(hand.resolve("recording.rr"), bytes(artifact(ArtifactKind.RECORDING)));
        Files.write(hand.resolve("state.qcow2"), bytes(artifact(ArtifactKind.SNAPSHOT)));
        for (Map.Entry<String, JsonNode> file : byHand.path("files").properties()) {
            Files.writeString(hand.resolve(file.getKey()), file.getValue().asString());
        }
        Process logging = shell(hand, "mkfifo merged.fifo; exec cat merged.fifo > merged.log");
        while (!Files.exists(hand.resolve("merged.fifo"))) {
            Thread.sleep(10);
        }
        List<String> command =
                byHand.path("command").valueStream().map(JsonNode::asString).toList();
        Process qemu = new ProcessBuilder(command)
                .directory(hand.toFile())
                .redirectErrorStream(true)
                .redirectOutput(hand.resolve("monitor.log").toFile())
                .start();
        try (var monitor = qemu.outputWriter()) {
            monitor.write("log int\ncont\n");
            monitor.flush();
            Path log = hand.resolve("merged.log");
            String wanted = "@bw fail " + finished.iterations() + " ";
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!Files.readString(log, StandardCharsets.ISO_8859_1).contains(wanted)) {
                assertThat(System.nanoTime())
                        .as(Files.readString(hand.resolve("monitor.log")))
                        .isLessThan(end);
                Thread.sleep(50);
            }
            assertThat(Files.readString(log, StandardCharsets.ISO_8859_1)).contains("v=01");
            monitor.write("quit\n");
        } finally {
            qemu.destroyForcibly().waitFor();
            logging.destroyForcibly().waitFor();
        }
    }

    /** From a snapshot of its own, and so does all that is done with the failure later. */
    @Test
    void aBatchRunsAndReplaysInTheProcessorOfItsSetting() throws Exception {
        BatchReport.Finished other = null;
        for (long seed = 1; other == null || other.failure() == null; seed++) {
            assertThat(seed).isLessThan(30);
            BatchRequest usual = Bench.request(target, seed);
            other = bench.finish(new BatchRequest(
                    usual.version(),
                    usual.batchId(),
                    usual.jobId(),
                    usual.attempt(),
                    target,
                    usual.schedule().under(new Setting(CpuModel.PENTIUM3)),
                    usual.iterations(),
                    usual.reportEvery()));
        }
        assertThat(other.coordinates().machineOptions()).contains("-cpu pentium3");
        assertThat(other.coordinates().snapshot())
                .isNotEqualTo(finished.coordinates().snapshot());
        assertThat(failure(other).replay()).as(failure(other).replayNote()).isEqualTo(ReplayVerdict.VERIFIED);
        ArtifactReference manifest = failure(other).artifacts().stream()
                .filter(artifact -> artifact.kind() == ArtifactKind.MANIFEST)
                .findFirst()
                .orElseThrow();
        JsonNode told = JsonMapper.shared().readTree(bytes(manifest));
        assertThat(told.at("/coordinates/schedule/setting/cpu").asString()).isEqualTo("pentium3");
        assertThat(told.at("/byHand/command").valueStream().map(JsonNode::asString))
                .contains("pentium3")
                .doesNotContain("qemu32");
    }

    /**
     * Interrupts that come while they are masked strike at a place that ends one of the emulator's blocks, so this race is met without counted
     * instructions, too: at ten thousand ticks a second some thirty times a second.
     */
    @Test
    void aFailureWithoutCountedInstructionsIsKeptAndSaysThatItCannotBeReplayed() throws Exception {
        Digest race = Bench.race(bench.store, "race-unmasked-window");
        BatchReport.Finished free = null;
        for (int attempt = 1; free == null || free.failure() == null; attempt++) {
            assertThat(attempt).isLessThan(30);
            BatchRequest usual = Bench.request(race, attempt);
            free = bench.finish(new BatchRequest(
                    usual.version(),
                    usual.batchId(),
                    usual.jobId(),
                    usual.attempt(),
                    race,
                    Schedule.fixed(4, 0).under(new Setting(null, null, 10_000, true, false)),
                    100_000,
                    1_000));
        }
        FailedIteration kept = failure(free);
        assertThat(kept.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(kept.report()).contains("a slot was filled twice");
        assertThat(kept.replay()).isEqualTo(ReplayVerdict.NOT_REPLAYED);
        assertThat(kept.replayNote()).contains("icount off").contains("nothing was recorded");
        assertThat(kept.checkpoints()).isEmpty();
        assertThat(kept.artifacts()).extracting(ArtifactReference::kind).containsExactly(ArtifactKind.MANIFEST);
        JsonNode told = JsonMapper.shared().readTree(bytes(kept.artifacts().get(0)));
        assertThat(told.at("/coordinates/schedule/setting/icount").asBoolean(true))
                .isFalse();
        assertThat(told.at("/byHand/command").isEmpty()).isTrue();
        assertThat(told.at("/byHand/steps/0").asString()).contains("There is no way");
    }

    @Test
    void theSameRequestGivesTheSameRun() throws Exception {
        BatchReport.Finished again = bench.finish(failed);
        assertThat(again.coordinates()).isEqualTo(finished.coordinates());
        assertThat(again.iterations()).isEqualTo(finished.iterations());
        assertThat(again.instructions()).isEqualTo(finished.instructions());
        assertThat(failure(again).instructionCount())
                .isEqualTo(failure(finished).instructionCount());
        assertThat(failure(again).report()).isEqualTo(failure(finished).report());
        assertThat(bench.finish(Bench.request(target, failing + 1)).instructions())
                .isNotEqualTo(finished.instructions());
    }

    /** As if the replay had printed something else: the failure is kept all the same, with all it has, and marked. */
    @Test
    void aFailureThatDoesNotReplayIsKeptAndMarked() throws Exception {
        FailedIteration kept = keep(run -> new BatchRun(
                run.result(),
                run.extent(),
                run.where(),
                BatchRun.Output.of(Digest.of(new byte[0]), run.serial()),
                run.recording(),
                run.timing()));
        assertThat(kept.replay()).isEqualTo(ReplayVerdict.DIVERGED);
        assertThat(kept.replayNote()).contains("console differs");
        assertThat(kept.artifacts()).hasSize(5);
    }

    @Test
    void aFailureWhoseReplayHasTroubleKeepsItsRecording() throws Exception {
        Path broken = directory.resolve("broken.rr");
        Files.writeString(broken, "this is no recording");
        FailedIteration kept =
                keep(run -> new BatchRun(run.result(), run.extent(), run.where(), run.output(), broken, run.timing()));
        assertThat(kept.replay()).isEqualTo(ReplayVerdict.NOT_REPLAYED);
        assertThat(kept.replayNote()).startsWith("BLOB_MISSING: the recording is damaged");
        assertThat(kept.artifacts())
                .extracting(ArtifactReference::kind)
                .containsExactly(ArtifactKind.RECORDING, ArtifactKind.MANIFEST);
    }

    private interface Change {
        BatchRun of(BatchRun run);
    }

    private static FailedIteration keep(Change change) throws Exception {
        Emulator emulator = bench.emulators.serving(Bench.machine(TargetMachine.Arch.I386), null);
        try (TargetCache.Target held = bench.targets.hold(target);
                SnapshotCache.Snapshot ready = bench.snapshots.hold(
                        held, emulator, finished.coordinates().schedule().shift());
                Machines.Open open = bench.machines.open(emulator, held.files())) {
            Machine machine = open.machine();
            Batch batch = new Batch(failed.schedule(), failed.iterations(), failed.reportEvery());
            BatchRun run = machine.run(ready.image(), batch, passed -> {});
            Coordinates coordinates = finished.coordinates();
            return bench.failures.keep(failed, coordinates, held, ready, machine, batch, change.of(run));
        }
    }

    @Test
    void anEmulatorThatIsKilledIsTroubleAndLeavesNothing() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CompletableFuture<Report> report = CompletableFuture.supplyAsync(() -> bench.runners
                .run(Bench.slow(target, ENDLESS), passed -> runs.countDown())
                .orElseThrow());
        assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
        bench.emulators().forEach(ProcessHandle::destroyForcibly);
        assertThat(report.get(20, TimeUnit.SECONDS).trouble())
                .isInstanceOfSatisfying(
                        BatchReport.Troubled.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.EMULATOR_DIED));
        assertThat(bench.machineDirectories()).isZero();
        assertThat(bench.emulators()).isEmpty();
    }

    /** Two workers, one fresh target: both boot it, one snapshot counts, and the loser's bytes go. */
    @Test
    void ofTwoWorkersOneMakesTheSnapshot(@TempDir Path other) throws Exception {
        Path blobs = other.resolve("blobs");
        try (Bench one = new Bench(other.resolve("one"), blobs);
                Bench two = new Bench(other.resolve("two"), blobs)) {
            Digest fresh = Bench.demo(one.store);
            CompletableFuture<BatchReport.Finished> first =
                    CompletableFuture.supplyAsync(() -> one.finish(Bench.passing(fresh, 200)));
            BatchReport.Finished second = two.finish(Bench.passing(fresh, 200));
            assertThat(first.get(60, TimeUnit.SECONDS).coordinates()).isEqualTo(second.coordinates());
            assertThat(first.get().instructions()).isEqualTo(second.instructions());
            // Kernel, manifest, bundle and one snapshot; one name.
            assertThat(Bench.files(blobs.resolve("blobs"))).isEqualTo(4);
            assertThat(Bench.files(blobs.resolve("names"))).isEqualTo(1);
        }
    }

    @Test
    void stoppingEndsTheBatchWithoutAReport(@TempDir Path other) throws Exception {
        try (Bench stopped = new Bench(other, directory.resolve("blobs"))) {
            CountDownLatch runs = new CountDownLatch(1);
            var report = CompletableFuture.supplyAsync(
                    () -> stopped.runners.run(Bench.slow(target, ENDLESS), passed -> runs.countDown()));
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
            long began = System.nanoTime();
            stopped.machines.stop();
            assertThat(report.get(10, TimeUnit.SECONDS)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
            assertThat(stopped.machineDirectories()).isZero();
            assertThat(stopped.runners.run(Bench.request(target, 3), passed -> {}))
                    .as("nothing starts after a stop")
                    .isEmpty();
        }
    }

    private static Process shell(Path directory, String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script)
                .directory(directory.toFile())
                .start();
    }

    private static FailedIteration failure(BatchReport.Finished batch) {
        return Objects.requireNonNull(batch.failure());
    }

    private static ArtifactReference artifact(ArtifactKind kind) {
        return failure(finished).artifacts().stream()
                .filter(artifact -> artifact.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(ArtifactReference artifact) throws IOException {
        try (InputStream in = bench.store.open(artifact.digest())) {
            return in.readAllBytes();
        }
    }
}
