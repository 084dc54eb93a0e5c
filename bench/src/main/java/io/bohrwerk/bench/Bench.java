package io.bohrwerk.bench;

import io.bohrwerk.emulator.Emulator;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** A benchmark: ends by itself, and gives figures that were measured in this run. */
interface Bench {
    void run(Place place, Measurement.Sink sink) throws Exception;

    /**
     * Where a benchmark runs.
     *
     * @param directory its own, empty, taken away afterwards
     * @param state the state directory of the command line, where downloads are kept
     * @param quick a first look will do: fewer repetitions
     * @param batches of the largest job of {@code cluster}; 0 for its own choice
     */
    record Place(Emulator emulator, Path directory, Path state, boolean quick, int batches) {}

    static double median(Collection<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
