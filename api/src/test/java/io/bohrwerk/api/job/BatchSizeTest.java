package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
    private static final int MILLIS_TO_FIRST = 300;
    private static final Digest DIGEST = Digest.of(new byte[0]);

    private static TargetTest test(String said) {
        return TargetManifest.parse(
                        "name: t\nmachine: {arch: i386, memory: 16MiB}\nboot: {kernel: k}\ntest: {" + said + "}\n")
                .test();
    }

    /** @param millis for an iteration */
    private static BatchSize after(BatchSize size, double millis) {
        return after(size, size.iterations(), size.reportEvery(), millis);
    }

    private static BatchSize after(BatchSize size, int ran, int reported, double millis) {
        Coordinates coordinates =
                new Coordinates(DIGEST, DIGEST, "qemu", "none", Schedule.fixed(4, 0), ran, Math.min(reported, ran));
        BatchReport.Finished finished = new BatchReport.Finished(coordinates, ran, 1_000L * ran, MILLIS_TO_FIRST, null);
        return size.after(finished, Duration.ofNanos(Math.round((MILLIS_TO_FIRST + millis * ran) * 1e6)));
    }

    private static List<BatchSize> sizes(BatchSize first, int batches, ToDoubleFunction<BatchSize> millis) {
        List<BatchSize> sizes = new ArrayList<>(List.of(first));
        for (int i = 0; i < batches; i++) {
            BatchSize now = sizes.get(i);
            sizes.add(after(now, millis.applyAsDouble(now)));
        }
        return sizes;
    }

    /** 0.1 ms for the test and 3 ms for a report: what the demo's kernel takes. */
    @Test
    void aTestOfMicrosecondsGetsToFiveSecondsABatchInFiveBatches() {
        List<BatchSize> sizes =
                sizes(BatchSize.first(test(""), null, true, false), 8, size -> 0.1 + 3.0 / size.reportEvery());
        assertThat(sizes.get(0))
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(10, 1);
        assertThat(sizes.get(5).iterations()).isBetween(30_000, 60_000);
        assertThat(sizes.get(5).reportEvery()).isBetween(600, 1_200);
        assertThat(sizes.get(8)).isEqualTo(sizes.get(7));
    }

    @Test
    void aTestOfMinutesGetsOneIterationABatch() {
        List<BatchSize> sizes = sizes(BatchSize.first(test(""), null, true, false), 3, size -> 60_000);
        assertThat(sizes.get(1))
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(1, 1);
        assertThat(sizes.get(3).iterations()).isEqualTo(1);
    }

    @Test
    void aSizeThatIsNearlyRightStays() {
        BatchSize size = after(BatchSize.first(test(""), null, true, false), 400);
        assertThat(size.iterations()).isEqualTo(10); // 12 would be the best
        assertThat(sizes(size, 5, s -> 350))
                .allSatisfy(s -> assertThat(s.iterations()).isEqualTo(10));
    }

    @Test
    void whatTheTargetOrTheUserChoseStays() {
        BatchSize both = BatchSize.first(test("reportEvery: 500, iterationsPerBatch: 20000"), null, true, false);
        assertThat(after(both, 1)).isEqualTo(both);
        assertThat(both.usualInstructions()).isNull();
        BatchSize reports = after(BatchSize.first(test("iterationsPerBatch: 7000"), null, true, false), 0.1);
        assertThat(reports)
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(7_000, 16);
        BatchSize iterations = after(BatchSize.first(test("reportEvery: 3"), null, true, false), 0.1);
        assertThat(iterations)
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(160, 3);
        BatchSize asked = after(BatchSize.first(test(""), 42, true, false), 100);
        assertThat(asked)
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(42, 1);
    }

    @Test
    void whereThereIsOneBatchOnlyNothingIsFoundOut() {
        BatchSize one = BatchSize.first(test(""), null, false, false);
        assertThat(one)
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(100, 1);
        assertThat(after(one, 0.1)).isEqualTo(one);
    }

    @Test
    void whereEachPlaceIsReportedOnlyTheSizeIsFoundOut() {
        BatchSize places = after(BatchSize.first(test(""), null, true, true), 3.1);
        assertThat(places)
                .extracting(BatchSize::iterations, BatchSize::reportEvery)
                .containsExactly(160, 1);
    }

    /** Their times are those of other intervals, and would make the next size too small. */
    @Test
    void batchesThatWereCutBeforeTheIntervalChangedAreNotLookedAt() {
        BatchSize size = after(BatchSize.first(test(""), null, true, false), 3.1);
        assertThat(size.reportEvery()).isEqualTo(16);
        assertThat(after(size, 10, 1, 3.1)).isEqualTo(size);
        assertThat(after(size, 10, 16, 0.3)).isNotEqualTo(size); // the budget's last iterations report as the others do
    }

    @Test
    void aSlowerHostGetsSmallerBatches() {
        List<BatchSize> sizes = sizes(BatchSize.first(test(""), null, true, false), 8, size -> 0.1);
        List<BatchSize> slower = sizes(sizes.get(8), 20, size -> 0.4);
        assertThat(slower.get(20).iterations()).isBetween(8_000, 19_000);
    }

    @Test
    void aHangIsToBeSeenWithoutWaitingForAllThatIterationsMayTake() {
        BatchSize size = after(BatchSize.first(test(""), null, true, false), 3.1);
        assertThat(size.usualInstructions()).isEqualTo(1_000);
    }
}
