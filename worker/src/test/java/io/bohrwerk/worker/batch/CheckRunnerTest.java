package io.bohrwerk.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.conformance.Conformance.Verdict;
import io.bohrwerk.protocol.conformance.GuestKey;
import io.bohrwerk.worker.Bench;
import io.bohrwerk.worker.work.Runners;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckRunnerTest {
    @TempDir
    private Path directory;

    private static Runners runners(Bench bench) {
        return new Runners(bench.machines::stopped)
                .with(
                        Check.KIND,
                        Check.Request.class,
                        new CheckRunner("bench", bench.emulators, bench.machines, bench.targets, bench.snapshots));
    }

    private static Check.Request request(Digest target) {
        return new Check.Request(Wire.VERSION, UUID.randomUUID(), 1, target);
    }

    @Test
    void findsWhatTheDemosGuestServes() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            Digest target = Bench.demo(bench.store);
            Check.Request request = request(target);
            Report report = runners(bench).run(request, passed -> {}).orElseThrow();
            assertThat(report.trouble()).isNull();
            assertThat(Wire.read(Wire.write(report), Check.Report.class)).isEqualTo(report);
            Conformance found = Objects.requireNonNull(((Check.Report) report).found());
            assertThat(found.target()).isEqualTo(target);
            assertThat(found.replays().verdict()).isEqualTo(Verdict.YES);
            assertThat(found.refusal(java.util.Set.of(GuestKey.DELAYS, GuestKey.ALIGN, GuestKey.SEED)))
                    .isEmpty();
            assertThat(bench.machineDirectories()).isZero();
        }
    }

    @Test
    void aTargetThatIsNotThereIsTrouble() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            Report report = runners(bench)
                    .run(request(Digest.of(new byte[] {1})), passed -> {})
                    .orElseThrow();
            assertThat(Objects.requireNonNull(report.trouble()).kind()).isEqualTo(InfrastructureTrouble.BLOB_MISSING);
            assertThat(((Check.Report) report).found()).isNull();
        }
    }

    @Test
    void aStopEndsItWithoutAReport() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            Digest target = Bench.demo(bench.store);
            CompletableFuture<Optional<Report>> report =
                    CompletableFuture.supplyAsync(() -> runners(bench).run(request(target), passed -> {}));
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (bench.machineDirectories() == 0) {
                assertThat(System.nanoTime()).as("a machine is open").isLessThan(end);
                Thread.sleep(5);
            }
            bench.machines.stop();
            assertThat(report.get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(bench.machineDirectories()).isZero();
            assertThat(bench.emulators()).isEmpty();
        }
    }
}
