package io.bohrwerk.bench;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What recording costs on Linux. The same loop in plain TCG and recorded by turns, so that both meet the same noise of the host; of
 * each the median over the rounds.
 */
final class LinuxBench implements Bench {
    private static final int ROUNDS = 12;
    private static final int ITERATIONS = 50;
    private static final double GOAL_RATIO = 1.35;
    private static final double GOAL_MILLIS_TO_FIRST = 1000;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        Path target = LinuxTarget.build("linux-breakpoint", place.directory(), place.state(), sink::say);
        Rig rig = Rig.of(place.emulator(), target);
        int shift = rig.manifest().machine().bootShift();
        Batch batch = rig.batch(Schedule.fixed(shift, 0), ITERATIONS);
        Map<RunMode, List<Double>> millis = new EnumMap<>(RunMode.class);
        List<Double> toFirst = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (RunMode mode : List.of(RunMode.FREE, RunMode.RECORDED)) {
                BatchRun run = rig.run(batch, mode);
                if (run.outcome() != Outcome.PASSED) {
                    throw new IOException("an iteration of linux-breakpoint did not pass: " + run);
                }
                millis.computeIfAbsent(mode, m -> new ArrayList<>())
                        .add(run.running().toNanos() / 1e6 / run.iterations());
                if (mode == RunMode.RECORDED) {
                    toFirst.add(run.toFirstIteration().toNanos() / 1e6);
                }
            }
        }
        double free = median(millis, RunMode.FREE);
        double recorded = median(millis, RunMode.RECORDED);
        sink.accept(Measurement.of("linux.plain-iteration", free, "ms"));
        sink.accept(Measurement.of("linux.recorded-iteration", recorded, "ms"));
        sink.accept(Measurement.atMost("linux.recorded-to-plain", recorded / free, "", GOAL_RATIO));
        sink.accept(Measurement.atMost("linux.to-first-iteration", Bench.median(toFirst), "ms", GOAL_MILLIS_TO_FIRST));
    }

    private static double median(Map<RunMode, List<Double>> millis, RunMode mode) {
        return Bench.median(millis.getOrDefault(mode, List.of()));
    }
}
