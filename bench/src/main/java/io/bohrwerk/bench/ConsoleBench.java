package io.bohrwerk.bench;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs to have no agent, and what a disk costs. The same kernel selftest driven by an agent and by a shell, by turns, so that both
 * meet the same noise of the host; then batches of one empty iteration with a disk of 4 GB and without. Of each the median.
 */
final class ConsoleBench implements Bench {
    private static final int ROUNDS = 8;
    private static final int ITERATIONS = 50;
    private static final double GOAL_RATIO = 1.5;
    private static final double GOAL_SECONDS_FOR_DISK = 2;
    private static final String SELFTEST = "breakpoints/breakpoint_test";

    /** Runs of one target. */
    private record Runs(List<Double> millis, List<Double> instructions, List<Double> secondsToFirst) {
        Runs() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void add(Rig rig, Batch batch) throws Exception {
            BatchRun run = rig.run(batch, RunMode.RECORDED);
            if (run.outcome() != Outcome.PASSED) {
                throw new IOException("an iteration of " + rig.manifest().name() + " did not pass: " + run);
            }
            millis.add(run.running().toNanos() / 1e6 / run.iterations());
            instructions.add((double) run.instructions() / run.iterations());
            secondsToFirst.add(run.toFirstIteration().toNanos() / 1e9);
        }
    }

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        iterations(place, sink);
        disk(place, sink);
    }

    private static void iterations(Place place, Measurement.Sink sink) throws Exception {
        Rig agent = Rig.of(
                place.emulator(), LinuxTarget.build("linux-breakpoint", place.directory(), place.state(), sink::say));
        Rig shell = Rig.of(place.emulator(), build("linux-shell", List.of("--selftest", SELFTEST), place, sink));
        Runs byAgent = new Runs();
        Runs byShell = new Runs();
        for (int round = 0; round < ROUNDS; round++) {
            byAgent.add(agent, batch(agent, ITERATIONS));
            byShell.add(shell, batch(shell, ITERATIONS));
        }
        double agentMillis = Bench.median(byAgent.millis);
        double shellMillis = Bench.median(byShell.millis);
        sink.accept(Measurement.of("console.agent-iteration", agentMillis, "ms"));
        sink.accept(Measurement.of("console.driven-iteration", shellMillis, "ms"));
        sink.accept(Measurement.of("console.agent-instructions", Bench.median(byAgent.instructions), "per iteration"));
        sink.accept(Measurement.of("console.driven-instructions", Bench.median(byShell.instructions), "per iteration"));
        sink.accept(Measurement.atMost("console.driven-to-agent", shellMillis / agentMillis, "", GOAL_RATIO));
    }

    private static void disk(Place place, Measurement.Sink sink) throws Exception {
        Path test = Files.writeString(place.directory().resolve("nothing"), "#!/bin/sh\n");
        List<String> options = List.of("--test", test.toString(), "--disk-size", "4G");
        Rig without = Rig.of(place.emulator(), build("linux-shell", options, place, sink));
        Rig with = Rig.of(place.emulator(), build("linux-disk", options, place, sink));
        Runs plain = new Runs();
        Runs onDisk = new Runs();
        for (int round = 0; round < ROUNDS; round++) {
            plain.add(without, batch(without, 1));
            onDisk.add(with, batch(with, 1));
        }
        double plainSeconds = Bench.median(plain.secondsToFirst);
        double diskSeconds = Bench.median(onDisk.secondsToFirst);
        sink.accept(Measurement.of("console.to-first-iteration", plainSeconds, "s"));
        sink.accept(Measurement.of("console.to-first-iteration-4gb-disk", diskSeconds, "s"));
        sink.accept(Measurement.atMost(
                "console.4gb-disk-adds", Math.max(0, diskSeconds - plainSeconds), "s", GOAL_SECONDS_FOR_DISK));
    }

    private static Path build(String kind, List<String> options, Place place, Measurement.Sink sink) throws Exception {
        Path target = Files.createTempDirectory(place.directory(), kind);
        return LinuxTarget.build(kind, options, target, place.state(), sink::say);
    }

    private static Batch batch(Rig rig, int iterations) {
        return rig.batch(Schedule.fixed(rig.manifest().machine().bootShift(), 0), iterations);
    }
}
