package io.bohrwerk.bench;

import io.bohrwerk.server.ChildServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long the all-in-one takes from nothing to ready, and what it holds of the host's memory when nothing is to be done. */
final class StartBench implements Bench {
    private static final int WARM_STARTS = 3;
    private static final double GOAL_SECONDS = 15;
    /** Long enough for what starts lazily, and for heap that the start filled to be counted as it is kept. */
    private static final Duration IDLE = Duration.ofSeconds(20);

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        Path state = place.directory().resolve("state");
        sink.accept(Measurement.of("start.first", start(state, sink, false), "s"));
        List<Double> warm = new ArrayList<>();
        for (int i = 0; i < WARM_STARTS; i++) {
            warm.add(start(state, sink, i == WARM_STARTS - 1));
        }
        sink.accept(Measurement.atMost("start.warm", Bench.median(warm), "s", GOAL_SECONDS));
    }

    private static double start(Path state, Measurement.Sink sink, boolean measureMemory) throws Exception {
        long began = System.nanoTime();
        try (ChildServer server = ChildServer.start(state)) {
            double seconds = (System.nanoTime() - began) / 1e9;
            if (measureMemory) {
                Thread.sleep(IDLE.toMillis());
                double mebibyte = 1 << 20;
                sink.accept(Measurement.of("start.idle-java", server.residentBytes() / mebibyte, "MiB resident"));
                sink.accept(Measurement.of(
                        "start.idle-all",
                        server.proportionalBytes() / mebibyte,
                        "MiB, PostgreSQL and all (shared memory counted once)"));
            }
            return seconds;
        }
    }
}
