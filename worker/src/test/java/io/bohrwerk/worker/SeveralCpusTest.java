package io.bohrwerk.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.worker.replay.ReplayRunnerTest;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches of guests with two CPUs: handed back where no emulator runs them, else verified by running them again. */
@Tag("emulators")
@Timeout(300)
class SeveralCpusTest {
    private static final String RACE = "cpus-lost-update";

    @TempDir
    Path directory;

    @Test
    void handedBackWhereNoEmulatorRunsThem() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            assumeFalse(bench.emulators.severalCpus() != null, "this emulator runs several CPUs");
            BatchReport.Troubled trouble = bench.trouble(Bench.request(Bench.race(bench.store, RACE), 1, 10));
            assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.EMULATOR_MISSING);
            assertThat(trouble.kind().handedBack()).isTrue();
            assertThat(trouble.message())
                    .startsWith("the guest has 2 CPUs, which needs QEMU 8.1 or newer, and this worker has ");
            assertThat(bench.machineDirectories()).isZero();
        }
    }

    @Test
    void aFailureIsVerifiedByRunningItsBatchAgain() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            assumeTrue(bench.emulators.severalCpus() != null, "this emulator does not run several CPUs");
            Digest target = Bench.race(bench.store, RACE);
            long seed = bench.failingSeed(target);
            BatchReport.Finished finished = bench.finish(Bench.request(target, seed));
            assertThat(finished.coordinates().cpus()).isEqualTo(2);
            FailedIteration failure = Objects.requireNonNull(finished.failure());
            assertThat(failure.replay()).as(failure.replayNote()).isEqualTo(ReplayVerdict.VERIFIED);
            assertThat(failure.artifacts()).extracting(ArtifactReference::kind).containsExactly(ArtifactKind.MANIFEST);
            Digest manifest = failure.artifacts().get(0).digest();
            assertThat(bench.replay(ReplayRunnerTest.request(manifest, ReplayMode.VERIFY, 2)))
                    .isInstanceOfSatisfying(ReplayReport.Replayed.class, replayed -> {
                        assertThat(replayed.difference()).isEmpty();
                        assertThat(replayed.same()).isEqualTo(2);
                    });
            assertThat(bench.replay(ReplayRunnerTest.request(manifest, ReplayMode.CHECKPOINTS, 1)))
                    .isInstanceOfSatisfying(
                            ReplayReport.Troubled.class,
                            troubled -> assertThat(troubled.message()).isEqualTo(ReplayMode.NEEDS_RECORDING));
            assertThat(bench.replay(ReplayRunnerTest.request(changed(bench, manifest), ReplayMode.VERIFY, 1)))
                    .isInstanceOfSatisfying(
                            ReplayReport.Replayed.class,
                            replayed -> assertThat(replayed.difference()).startsWith("run 1: last instruction was "));
        }
    }

    private static Digest changed(Bench bench, Digest manifest) throws Exception {
        try (InputStream in = bench.store.open(manifest)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Bench.put(
                    bench.store,
                    text.replaceFirst("\"last\":[0-9]+", "\"last\":1").getBytes(StandardCharsets.UTF_8));
        }
    }
}
