package io.bohrwerk.worker.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.mergedlog.divergence.Arrival;
import io.bohrwerk.mergedlog.divergence.Divergence;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.worker.Bench;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A failure of the demo target beside what passes: in real emulators, against what its source says. */
@Timeout(480)
class ComparisonTest {
    @TempDir
    private static Path directory;

    private static Bench bench;
    private static Digest target;
    private static FailedIteration failure;

    @BeforeAll
    static void findAFailure() throws Exception {
        bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"));
        target = Bench.demo(bench.store);
        failure = Objects.requireNonNull(
                bench.finish(Bench.request(target, bench.failingSeed(target))).failure());
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static ReplayReport.Replayed compared(FailedIteration failed, ReplayMode mode) {
        Digest manifest = artifact(failed.artifacts(), ArtifactKind.MANIFEST).digest();
        ReplayRequest request = new ReplayRequest(
                Wire.VERSION,
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                manifest,
                mode,
                List.of(),
                LogWindow.margin(0),
                1);
        ReplayReport.Result result = bench.replay(request);
        assertThat(result).isInstanceOf(ReplayReport.Replayed.class);
        return (ReplayReport.Replayed) result;
    }

    private static ArtifactReference artifact(List<ArtifactReference> artifacts, ArtifactKind kind) {
        return artifacts.stream()
                .filter(artifact -> artifact.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static <T> T read(ReplayReport.Replayed replayed, ArtifactKind kind, Class<T> type) throws Exception {
        try (InputStream in =
                bench.store.open(artifact(replayed.artifacts(), kind).digest())) {
            return Wire.read(in.readAllBytes(), type);
        }
    }

    /** trap.S: the timer must come behind the pushl of the pcb's DR6 and before the register has been read: at three instructions. */
    @Test
    void theWindowIsThatOfTheSource() throws Exception {
        ReplayReport.Replayed replayed = compared(failure, ReplayMode.ADJACENT);
        Adjacent adjacent = read(replayed, ArtifactKind.ADJACENT, Adjacent.class);
        Adjacent.Window window = Objects.requireNonNull(adjacent.window(), adjacent.summary());
        assertThat(replayed.summary()).isEqualTo(adjacent.summary());
        assertThat(adjacent.summary())
                .matches("fails when vector 0x20 arrives between 0x[0-9a-f]+ and 0x[0-9a-f]+, in trap_debug"
                        + " \\(with delays of [0-9]+ to [0-9]+ instructions\\)");
        assertThat(window.failsTo() - window.failsFrom() + 1).isEqualTo(3);
        List<Long> offsets = new ArrayList<>();
        for (Adjacent.Place place : window.places()) {
            Arrival arrival = Objects.requireNonNull(place.arrival());
            assertThat(arrival.symbol()).startsWith("trap_debug+0x");
            if (place.fails()) {
                offsets.add(Long.parseUnsignedLong(arrival.ip(), 16));
            }
        }
        // A longer delay lets the timer come earlier in the test. From mov %dr7 (3 bytes), to push %eax (1), to mov
        // %dr6.
        assertThat(offsets).hasSize(3);
        assertThat(offsets.get(0) - offsets.get(1)).isEqualTo(1);
        assertThat(offsets.get(1) - offsets.get(2)).isEqualTo(3);
        assertThat(window.divergence().passing().outcome()).isEqualTo(Outcome.PASSED);
        assertThat(window.divergence().failing().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(adjacent.runs()).isLessThan(60);
        assertIsTheSame(window);
    }

    /** What was found fails, and passes beside it, as a job that somebody submits. */
    private static void assertIsTheSame(Adjacent.Window window) {
        for (long delay = window.failsFrom() - 1; delay <= window.failsTo() + 1; delay++) {
            Schedule schedule = new Schedule(window.schedule().shift(), delay, 0, 0, 0, Align.TICK);
            boolean fails = bench.finish(request(schedule, 1, 1)).failure() != null;
            assertThat(fails).as("delay " + delay).isEqualTo(delay >= window.failsFrom() && delay <= window.failsTo());
        }
    }

    private static BatchRequest request(Schedule schedule, int iterations, int reportEvery) {
        return new BatchRequest(
                Wire.VERSION, UUID.randomUUID(), UUID.randomUUID(), 1, target, schedule, iterations, reportEvery);
    }

    /** A batch whose delays walk, one by one, into the window: the iteration before the failing one is in the same batch. */
    @Test
    void theIterationBeforeInTheSameBatch() throws Exception {
        Adjacent adjacent = read(compared(failure, ReplayMode.DIVERGENCE), ArtifactKind.ADJACENT, Adjacent.class);
        long from =
                Objects.requireNonNull(adjacent.window(), adjacent.summary()).failsFrom();
        Schedule walk = new Schedule(4, from - 40, 1, 100, 0, Align.TICK);
        FailedIteration walked =
                Objects.requireNonNull(bench.finish(request(walk, 100, 1)).failure());
        assertThat(walked.iteration()).isBetween(35L, 45L);
        ReplayReport.Replayed replayed = compared(walked, ReplayMode.DIVERGENCE);
        assertThat(replayed.same()).isEqualTo(1);
        assertThat(replayed.artifacts())
                .extracting(ArtifactReference::kind)
                .containsExactly(ArtifactKind.DIVERGENCE, ArtifactKind.MERGED_LOG, ArtifactKind.MERGED_LOG_INDEX);
        Divergence divergence = read(replayed, ArtifactKind.DIVERGENCE, Divergence.class);
        assertThat(divergence.summary()).isEqualTo(replayed.summary());
        assertThat(divergence.failing().iteration()).isEqualTo(walked.iteration());
        assertThat(divergence.passing().iteration()).isEqualTo(walked.iteration() - 1);
        assertThat(divergence.passing().nearness()).isEqualTo(Divergence.Nearness.SAME_BATCH);
        Divergence.Row row = divergence.rows().get(Objects.requireNonNull(divergence.first(), divergence.summary()));
        Arrival failing = Objects.requireNonNull(row.failing());
        Arrival passing = Objects.requireNonNull(row.passing());
        assertThat(failing.name()).isEqualTo("IRQ 0x20");
        assertThat(failing.symbol()).startsWith("trap_debug+0x");
        assertThat(passing.vector()).isEqualTo(0x20);
        assertThat(passing.ip()).isNotEqualTo(failing.ip());
    }
}
