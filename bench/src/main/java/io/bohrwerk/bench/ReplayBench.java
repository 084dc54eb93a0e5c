package io.bohrwerk.bench;

import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records batches, passing and failing ones, under random schedules and replays each: same outcome, instruction count and consoles, or
 * not. Then what a failure costs: time to replay it with its interrupts logged, and bytes to keep it.
 */
final class ReplayBench implements Bench {
    private static final int DEMO_BATCHES = 1000;
    /** 25 failures in all, at the demo's rate. */
    private static final int DEMO_ITERATIONS = 500;

    private static final int[] DEMO_SHIFTS = {4, 6};
    private static final int LINUX_BATCHES = 100;
    private static final int LINUX_ITERATIONS = 3;
    private static final int LINUX_SHIFTS = 3;
    private static final int FAILURES = 10;
    /** Far more than these take at any rate seen; a target that does not fail must not keep us for ever. */
    private static final long MOST_BATCHES = 600;

    private static final double GOAL_LOGGED_TO_RUN = 3;
    private static final double GOAL_BYTES = 5e6;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        Rig demo = Rig.of(place.emulator(), BundledTarget.RACE.writeTo(place.directory()));
        batches("replay.demo", DEMO_BATCHES, sink, demo, seed -> {
            int shift = DEMO_SHIFTS[(int) (seed % DEMO_SHIFTS.length)];
            return demo.batch(demo.random(shift, seed).schedule(), DEMO_ITERATIONS);
        });
        failures(demo, sink);
        Rig linux = Rig.of(
                place.emulator(), LinuxTarget.build("linux-breakpoint", place.directory(), place.state(), sink::say));
        int bootShift = linux.manifest().machine().bootShift();
        batches("replay.linux", LINUX_BATCHES, sink, linux, seed -> {
            Schedule random =
                    linux.random(bootShift + (int) (seed % LINUX_SHIFTS), seed).schedule();
            return linux.batch(random, LINUX_ITERATIONS);
        });
    }

    private interface Batches {
        Batch of(long seed);
    }

    private static void batches(String name, int count, Measurement.Sink sink, Rig rig, Batches batches)
            throws Exception {
        AtomicLong seeds = new AtomicLong();
        AtomicInteger same = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        Rig.onEveryCore(() -> {
            for (long seed = seeds.incrementAndGet(); seed <= count; seed = seeds.incrementAndGet()) {
                Batch batch = batches.of(seed);
                rig.with(batch.schedule().shift(), (machine, ready) -> {
                    BatchRun run = machine.run(ready, batch, passed -> {});
                    failed.addAndGet(run.outcome() == Outcome.PASSED ? 0 : 1);
                    try {
                        ReplayRun replay = machine.replay(ready, batch, run, run.recording(), ReplayPlan.comparison());
                        millis.add(replay.took().toNanos() / 1e6);
                        if (replay.verified()) {
                            same.incrementAndGet();
                        } else {
                            sink.say(batch + " went another way: " + replay.difference());
                        }
                    } catch (InfrastructureException e) {
                        sink.say(batch + " did not replay: " + e.getMessage());
                    }
                    if (millis.size() % 100 == 0) {
                        sink.say(millis.size() + " replayed, " + same + " the same");
                    }
                });
            }
        });
        sink.accept(Measurement.atLeast(name + ".same-of-" + count, same.get(), "batches", count));
        sink.accept(Measurement.of(name + ".failing-among-them", failed.get(), "batches"));
        sink.accept(Measurement.of(name + ".duration", Bench.median(millis), "ms"));
    }

    /** One after the other, so that run and replay meet the same host. */
    private static void failures(Rig rig, Measurement.Sink sink) throws Exception {
        List<Double> ratios = new ArrayList<>();
        List<Double> kept = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        for (long seed = 1; ratios.size() < FAILURES && seed <= MOST_BATCHES; seed++) {
            Batch batch = rig.random(DEMO_SHIFTS[0], seed);
            rig.with(batch.schedule().shift(), (machine, ready) -> {
                long began = System.nanoTime();
                BatchRun run = machine.run(ready, batch, passed -> {});
                double running = System.nanoTime() - began;
                if (run.outcome() == Outcome.PASSED) {
                    return;
                }
                long recording = Files.size(run.recording());
                began = System.nanoTime();
                machine.replay(ready, batch, run, run.recording(), new ReplayPlan("int", 0, Long.MAX_VALUE, false));
                ratios.add((System.nanoTime() - began) / running);
                began = System.nanoTime();
                ReplayRun replay = machine.replay(ready, batch, run, run.recording(), "int");
                kept.add((System.nanoTime() - began) / 1e6);
                bytes.add((double) recording
                        + Files.size(replay.image())
                        + Files.size(replay.log().file()));
            });
        }
        sink.accept(Measurement.atMost(
                "replay.all-interrupts-logged-to-run", Bench.median(ratios), "", GOAL_LOGGED_TO_RUN));
        sink.accept(Measurement.of("replay.kept-with-log-and-snapshots", Bench.median(kept), "ms"));
        sink.accept(Measurement.atMost(
                "replay.bytes-per-failure", Collections.max(bytes), "bytes in the store, most", GOAL_BYTES));
    }
}
