package io.bohrwerk.worker.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.worker.Bench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EmulatorsTest {
    /** A directory with another QEMU than the system's; {@code ./bohrwerk test} sets it where it can fetch one. */
    private static final String OTHER = "BOHRWERK_OTHER_QEMU";

    private static final Release NEVER = new Release("1.0");

    @TempDir
    Path directory;

    @Test
    void oneThatIsNotHereIsMissed() throws Exception {
        EmulatorSettings settings = EmulatorSettings.in(directory.resolve("machines"));
        try (Emulators emulators = Emulators.open(settings, List.of(Installation.SYSTEM))) {
            String version = emulators
                    .serving(Bench.machine(TargetMachine.Arch.I386), null)
                    .version(TargetMachine.Arch.I386);
            assertThat(emulators.versions()).contains("qemu-system-i386: ", "; qemu-system-x86_64: ");
            assertThat(emulators
                            .serving(Bench.machine(TargetMachine.Arch.I386), new Release(Release.in(version)))
                            .version(TargetMachine.Arch.I386))
                    .isEqualTo(version);
            assertThat(emulators.of(TargetMachine.Arch.X86_64, version)).isEmpty();
            assertThatThrownBy(() -> emulators.serving(Bench.machine(TargetMachine.Arch.X86_64), NEVER))
                    .isInstanceOfSatisfying(
                            InfrastructureException.class,
                            e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.EMULATOR_MISSING))
                    .hasMessage("the job asks for QEMU 1.0, and this worker has " + Release.in(version));
        }
        assertThat(Files.list(directory.resolve("machines"))).isEmpty();
    }

    /** The batch goes to another worker: nothing was begun, and no attempt is counted. */
    @Test
    void aBatchForOneThatIsNotHereIsHandedBack() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            BatchReport.Troubled trouble = bench.trouble(on(NEVER, Bench.passing(Bench.demo(bench.store), 10)));
            assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.EMULATOR_MISSING);
            assertThat(trouble.kind().handedBack()).isTrue();
            assertThat(bench.machineDirectories()).isZero();
        }
    }

    @Test
    void eachBatchAndItsReplayRunOnTheirOwn() throws Exception {
        String other = System.getenv(OTHER);
        assumeTrue(
                other != null && Files.isDirectory(Path.of(other)),
                OTHER + " names no directory with another QEMU; .ci/backports-qemu can fetch one");
        List<Installation> both = List.of(Installation.SYSTEM, Installation.of(OTHER, String.valueOf(other)));
        Path blobs = directory.resolve("blobs");
        Digest target;
        String system;
        ReplayRequest replay;
        BatchReport.Finished here;
        try (Bench bench = new Bench(directory.resolve("both"), FileBlobStore.open(blobs, 0), both)) {
            target = Bench.demo(bench.store);
            system = bench.emulators
                    .serving(Bench.machine(TargetMachine.Arch.I386), null)
                    .version(TargetMachine.Arch.I386);
            here = bench.finish(Bench.passing(target, 10));
            assertThat(here.coordinates().emulator()).isEqualTo(system);
            String version = bench.emulators.versions().replaceAll(".*; (qemu-system-i386: [^;]*).*", "$1");
            assertThat(version).as("two different emulators").isNotEqualTo(system);
            Release release = new Release(Release.in(version));

            BatchReport.Finished there = bench.finish(on(release, Bench.passing(target, 10)));
            assertThat(there.coordinates().emulator()).isEqualTo(version);
            assertThat(there.coordinates().snapshot())
                    .isNotEqualTo(here.coordinates().snapshot());

            FailedIteration failure = failure(bench, target, release);
            assertThat(failure.replay()).as(failure.replayNote()).isEqualTo(ReplayVerdict.VERIFIED);
            Digest manifest = failure.artifacts().stream()
                    .filter(artifact -> artifact.kind() == ArtifactKind.MANIFEST)
                    .map(ArtifactReference::digest)
                    .findFirst()
                    .orElseThrow();
            replay = new ReplayRequest(
                    Wire.VERSION,
                    UUID.randomUUID(),
                    UUID.randomUUID(),
                    1,
                    manifest,
                    ReplayMode.VERIFY,
                    List.of(),
                    LogWindow.all(),
                    1);
            assertThat(bench.replay(replay))
                    .isInstanceOfSatisfying(
                            ReplayReport.Replayed.class,
                            replayed -> assertThat(replayed.same()).isEqualTo(1));
        }
        try (Bench bench = new Bench(directory.resolve("one"), blobs)) {
            assertThat(bench.replay(replay))
                    .isInstanceOfSatisfying(
                            ReplayReport.OtherEmulator.class,
                            refused -> assertThat(refused.here()).isEqualTo(system));
        }
    }

    private static FailedIteration failure(Bench bench, Digest target, Release release) {
        for (long seed = 1; seed <= 60; seed++) {
            FailedIteration failure =
                    bench.finish(on(release, Bench.request(target, seed))).failure();
            if (failure != null) {
                return failure;
            }
        }
        throw new AssertionError("no failure");
    }

    private static BatchRequest on(Release release, BatchRequest batch) {
        return new BatchRequest(
                batch.version(),
                batch.batchId(),
                batch.jobId(),
                batch.attempt(),
                batch.target(),
                batch.schedule().under(new Setting(release)),
                batch.iterations(),
                batch.reportEvery());
    }
}
