package io.bohrwerk.worker.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Checkpoint;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.LogClass;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayReport.LogCover;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.worker.Bench;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of a kept failure of the demo target, whose snapshots were not kept: what they report, and what trouble does. */
@Tag("emulators")
public class ReplayRunnerTest {
    @TempDir
    private static Path directory;

    private static Bench bench;
    private static FailedIteration failure;
    private static Digest manifest;
    private static String manifestText;

    @BeforeAll
    static void findAFailure() throws Exception {
        bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"));
        Digest target = Bench.demo(bench.store);
        BatchRequest failing = Bench.request(target, bench.failingSeed(target));
        failure =
                Objects.requireNonNull(bench.finish(withoutCheckpoints(failing)).failure());
        manifest = artifact(failure.artifacts(), ArtifactKind.MANIFEST).digest();
        try (InputStream in = bench.store.open(manifest)) {
            manifestText = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static BatchRequest withoutCheckpoints(BatchRequest request) {
        return new BatchRequest(
                request.version(),
                request.batchId(),
                request.jobId(),
                request.attempt(),
                request.target(),
                request.schedule(),
                request.iterations(),
                request.reportEvery(),
                false);
    }

    @AfterAll
    static void nothingIsLeft() throws Exception {
        assertThat(bench.machineDirectories()).isZero();
        assertThat(bench.emulators()).isEmpty();
        bench.close();
    }

    public static ReplayRequest request(Digest manifest, ReplayMode mode, int times) {
        return request(manifest, mode, LogWindow.margin(0), times);
    }

    private static ReplayRequest request(Digest manifest, ReplayMode mode, LogWindow window, int times) {
        List<LogClass> classes = mode == ReplayMode.LOG ? List.of(LogClass.INT) : List.of();
        return new ReplayRequest(
                Wire.VERSION, UUID.randomUUID(), UUID.randomUUID(), 1, manifest, mode, classes, window, times);
    }

    private static ReplayReport.Replayed replayed(ReplayRequest request) {
        ReplayReport.Result result = bench.replay(request);
        if (result instanceof ReplayReport.Replayed replayed) {
            return replayed;
        }
        throw new AssertionError(result);
    }

    private static ArtifactReference artifact(List<ArtifactReference> artifacts, ArtifactKind kind) {
        return artifacts.stream()
                .filter(artifact -> artifact.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFailureWithoutItsSnapshots() {
        assertThat(failure.replay()).as(failure.replayNote()).isEqualTo(ReplayVerdict.VERIFIED);
        assertThat(failure.artifacts())
                .extracting(ArtifactReference::kind)
                .containsExactly(
                        ArtifactKind.MERGED_LOG,
                        ArtifactKind.MERGED_LOG_INDEX,
                        ArtifactKind.RECORDING,
                        ArtifactKind.MANIFEST);
        assertThat(failure.checkpoints()).extracting(Checkpoint::name).containsExactly("start", "before", "failure");
        assertThat(failure.checkpoints()).extracting(Checkpoint::instruction).isSorted();
        assertThat(failure.checkpoints().get(2).instruction()).isEqualTo(failure.instructionCount());
        long bytes =
                failure.artifacts().stream().mapToLong(ArtifactReference::size).sum();
        assertThat(bytes).isLessThan(1_000_000);
    }

    @Test
    void kOfK() {
        ReplayReport.Replayed result = replayed(request(manifest, ReplayMode.VERIFY, 3));
        assertThat(result.same()).isEqualTo(3);
        assertThat(result.times()).isEqualTo(3);
        assertThat(result.difference()).isEmpty();
        assertThat(result.log()).isNull();
        assertThat(result.artifacts()).isEmpty();
    }

    @Test
    void whatDiffersIsNamed() throws Exception {
        String other = manifestText.replaceFirst("\"last\":[0-9]+", "\"last\":" + (failure.instructionCount() + 1));
        Digest changed = Bench.put(bench.store, other.getBytes(StandardCharsets.UTF_8));
        ReplayReport.Replayed result = replayed(request(changed, ReplayMode.VERIFY, 2));
        assertThat(result.same()).isZero();
        assertThat(result.difference()).startsWith("replay 1: last instruction was ");
    }

    @Test
    void theSnapshotsAreMadeAgain() throws Exception {
        ReplayReport.Replayed result = replayed(request(manifest, ReplayMode.CHECKPOINTS, 1));
        assertThat(result.same()).isEqualTo(1);
        ArtifactReference snapshot = artifact(result.artifacts(), ArtifactKind.SNAPSHOT);
        Path image = directory.resolve("snapshot.qcow2");
        try (InputStream in = bench.store.open(snapshot.digest())) {
            Files.copy(in, image);
        }
        Process list = new ProcessBuilder("qemu-img", "snapshot", "-l", image.toString()).start();
        assertThat(new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("before", "failure");
        assertThat(snapshot.size()).as("bytes of a further failure's snapshots").isLessThan(5_000_000);
    }

    @Test
    void theLogOfEveryWindow() throws Exception {
        LogCover all = cover(LogWindow.all());
        assertThat(all.fromIteration()).isEqualTo(1);
        assertThat(all.toIteration()).isEqualTo(failure.iteration());
        assertThat(all.fromInstruction()).isEqualTo(failure.checkpoints().get(0).instruction());
        assertThat(all.toInstruction()).isEqualTo(failure.instructionCount());

        LogCover own = cover(LogWindow.margin(0));
        assertThat(own.fromInstruction()).isEqualTo(failure.checkpoints().get(1).instruction());
        assertThat(cover(LogWindow.margin(5)).fromInstruction()).isLessThan(own.fromInstruction());

        LogCover first = cover(new LogWindow(1L, 1L, null));
        assertThat(first.fromIteration()).isEqualTo(1);
        assertThat(first.fromInstruction()).isEqualTo(all.fromInstruction());
        assertThat(first.toIteration()).isBetween(1L, Math.max(500, failure.iteration()));
        assertThat(first.cut()).isFalse();
    }

    private static LogCover cover(LogWindow window) throws Exception {
        ReplayReport.Replayed result = replayed(request(manifest, ReplayMode.LOG, window, 1));
        assertThat(result.same()).isEqualTo(1);
        LogCover cover = Objects.requireNonNull(result.log());
        try (InputStream in = new ZstdInputStream(bench.store.open(
                artifact(result.artifacts(), ArtifactKind.MERGED_LOG).digest()))) {
            String log = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(log).contains("v=01 e=0000", "@bw fail " + failure.iteration());
            assertThat(log.length()).isEqualTo((int) cover.bytes());
        }
        return cover;
    }

    @Test
    void anotherEmulatorIsRefusedByName() throws Exception {
        String other = manifestText.replaceFirst("QEMU emulator version [0-9.]+", "QEMU emulator version 99.1");
        Digest changed = Bench.put(bench.store, other.getBytes(StandardCharsets.UTF_8));
        assertThat(bench.replay(request(changed, ReplayMode.VERIFY, 1)))
                .isInstanceOfSatisfying(ReplayReport.OtherEmulator.class, refused -> {
                    assertThat(refused.recorded()).contains("version 99.1");
                    assertThat(refused.here())
                            .startsWith("qemu-system-i386: QEMU emulator version ")
                            .isNotEqualTo(refused.recorded());
                });
    }

    /** Another worker, which has nothing in its cache, with a store that has lost or spoilt one blob. */
    private static void assertTrouble(String what, Digest manifest, String message) throws Exception {
        try (Bench other = new Bench(directory.resolve("other-" + what), directory.resolve("blobs"))) {
            assertThat(other.replay(request(manifest, ReplayMode.VERIFY, 1)))
                    .isInstanceOfSatisfying(ReplayReport.Troubled.class, trouble -> {
                        assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.BLOB_MISSING);
                        assertThat(trouble.message()).contains(message);
                    });
            assertThat(other.emulators()).isEmpty();
        }
    }

    @Test
    void aBlobThatIsGone() throws Exception {
        Digest gone = Digest.of("gone".getBytes(StandardCharsets.UTF_8));
        Digest recording = artifact(failure.artifacts(), ArtifactKind.RECORDING).digest();
        String withoutRecording = manifestText.replace(recording.hex(), gone.hex());
        assertTrouble(
                "recording",
                Bench.put(bench.store, withoutRecording.getBytes(StandardCharsets.UTF_8)),
                "the recording is gone or damaged");
        String withoutSnapshot =
                manifestText.replaceFirst("\"snapshot\":\"[0-9a-f]{64}", "\"snapshot\":\"" + gone.hex());
        assertTrouble(
                "snapshot",
                Bench.put(bench.store, withoutSnapshot.getBytes(StandardCharsets.UTF_8)),
                "the snapshot that the batch ran from is gone or damaged");
        assertTrouble("manifest", gone, gone.hex());
    }

    @Test
    void aRecordingThatIsCutOff() throws Exception {
        Digest recording = artifact(failure.artifacts(), ArtifactKind.RECORDING).digest();
        byte[] half;
        try (InputStream in = bench.store.open(recording)) {
            byte[] whole = in.readAllBytes();
            half = java.util.Arrays.copyOf(whole, whole.length / 2);
        }
        String other = manifestText.replace(
                recording.hex(), Bench.put(bench.store, half).hex());
        assertTrouble(
                "half",
                Bench.put(bench.store, other.getBytes(StandardCharsets.UTF_8)),
                "the recording is damaged: it is cut off");
    }
}
