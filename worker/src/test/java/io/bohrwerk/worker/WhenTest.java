package io.bohrwerk.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.when.WhenCurve;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From where on a failure of the demo target is certain: in real emulators, against what its source says. */
@Tag("emulators")
class WhenTest {
    private static final int RUNS = 3;

    @TempDir
    private Path directory;

    /**
     * trap.S: once the timer has come between the copy of the pcb's DR6 and the reading of the register, the cause is lost, and nothing
     * brings it back. The instruction before that, it takes a tick in three instructions of a period of 62,500.
     */
    @Test
    @Timeout(900)
    void itIsCertainOnceTheTimerHasComeIntoTheWindow() throws Exception {
        try (Bench bench = new Bench(directory.resolve("worker"), directory.resolve("blobs"))) {
            Digest target = Bench.demo(bench.store);
            FailedIteration failure =
                    Objects.requireNonNull(bench.finish(Bench.request(target, bench.failingSeed(target)))
                            .failure());
            WhenCurve curve = curve(bench, failure);
            List<WhenCurve.Point> points = curve.points();
            assertThat(points).extracting(WhenCurve.Point::runs).containsOnly(RUNS);
            assertThat(points).extracting(WhenCurve.Point::before).isSortedAccordingTo(Comparator.reverseOrder());
            // Out of 3 runs with a chance of 3 in 62,500 each, two fail once in a hundred million.
            WhenCurve.Point farthest = points.get(0);
            assertThat(farthest.before()).isGreaterThan(curve.period());
            assertThat(farthest.failures()).as(curve.summary()).isLessThanOrEqualTo(1);
            assertThat(points.get(points.size() - 1).failures()).isEqualTo(RUNS);
            int edge = points.stream().map(WhenCurve.Point::before).toList().indexOf(curve.certainFrom());
            assertThat(edge).as(curve.summary()).isPositive();
            WhenCurve.Point certain = points.get(edge);
            WhenCurve.Point open = points.get(edge - 1);
            assertThat(open.before()).isEqualTo(certain.before() + 1);
            assertThat(certain.failures()).isEqualTo(RUNS);
            // Its handler, or the instruction that an interrupt at hand goes ahead of.
            assertThat(certain.symbol()).matches("(irq_timer|trap_debug)\\+.*");
            assertThat(open.failures()).isLessThanOrEqualTo(1);
            assertThat(open.symbol()).startsWith("trap_debug+");
            assertThat(curve.summary())
                    .matches(
                            "from [0-9,]+ instructions before its end on \\(0x[0-9a-f]+, in (irq_timer|trap_debug)\\+0x[0-9a-f]+\\) it"
                                    + " fails whatever the timing, in 3 of 3 runs; 1 instruction earlier \\(0x[0-9a-f]+, in"
                                    + " trap_debug\\+0x[0-9a-f]+\\) in [01] of 3; .*");
            assertThat(curve.cut()).isFalse();
            assertThat(curve.runs()).isLessThan(120);
        }
    }

    private static WhenCurve curve(Bench bench, FailedIteration failure) throws Exception {
        ReplayRequest request = new ReplayRequest(
                Wire.VERSION,
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                artifact(failure.artifacts(), ArtifactKind.MANIFEST),
                ReplayMode.WHEN,
                List.of(),
                LogWindow.all(),
                RUNS,
                3);
        ReplayReport.Result result = bench.replay(request);
        assertThat(result).isInstanceOf(ReplayReport.Replayed.class);
        ReplayReport.Replayed replayed = (ReplayReport.Replayed) result;
        try (InputStream in = bench.store.open(artifact(replayed.artifacts(), ArtifactKind.WHEN_CURVE))) {
            WhenCurve curve = Wire.read(in.readAllBytes(), WhenCurve.class);
            assertThat(replayed.summary()).isEqualTo(curve.summary());
            return curve;
        }
    }

    private static Digest artifact(List<ArtifactReference> artifacts, ArtifactKind kind) {
        return artifacts.stream()
                .filter(artifact -> artifact.kind() == kind)
                .map(ArtifactReference::digest)
                .findFirst()
                .orElseThrow();
    }
}
