package io.bohrwerk.standalone.bench;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.standalone.BundledTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Finds failures of the demo target and replays each: same iteration, instruction count and console, or not. */
final class ReplayBench implements Bench {
    private static final int FAILURES = 100;
    private static final int[] SHIFTS = {4, 6};
    /** Far more than 100 failures take at any rate seen; a target that does not fail must not keep us for ever. */
    private static final long MOST_BATCHES = 3000;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        Rig rig = Rig.of(place.emulator(), BundledTarget.RACE.writeTo(place.directory()));
        AtomicLong seeds = new AtomicLong();
        AtomicInteger wanted = new AtomicInteger(FAILURES);
        AtomicInteger verified = new AtomicInteger();
        AtomicInteger replayed = new AtomicInteger();
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        Rig.onEveryCore(() -> {
            while (wanted.get() > 0 && seeds.get() < MOST_BATCHES) {
                long seed = seeds.incrementAndGet();
                Batch batch = rig.random(SHIFTS[(int) (seed % SHIFTS.length)], seed);
                rig.with((machine, ready) -> {
                    BatchRun run = machine.run(ready, batch, passed -> {});
                    if (run.outcome() == Outcome.PASSED || wanted.getAndDecrement() <= 0) {
                        return;
                    }
                    Path recording = run.recording();
                    ReplayRun replay = machine.replay(ready, batch, run, recording, "int");
                    millis.add(replay.took().toNanos() / 1e6);
                    if (replay.verified()) {
                        verified.incrementAndGet();
                    } else {
                        sink.say(batch + " went another way: " + replay.difference());
                    }
                    int count = replayed.incrementAndGet();
                    if (count % 10 == 0) {
                        sink.say(count + " replayed, " + verified + " the same");
                    }
                });
            }
        });
        sink.accept(Measurement.atLeast("replay.verified-of-" + FAILURES, verified.get(), "failures", FAILURES));
        sink.accept(Measurement.of("replay.duration", millis.isEmpty() ? Double.NaN : Bench.median(millis), "ms"));
    }
}
