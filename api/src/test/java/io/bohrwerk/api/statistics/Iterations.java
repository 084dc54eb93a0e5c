package io.bohrwerk.api.statistics;

import java.util.SplittableRandom;

/** A test that fails at a known rate. */
final class Iterations {
    private Iterations() {}

    /** Iterations up to the next failing one, which is among them: geometric, by inversion. */
    static long untilFailure(double rate, SplittableRandom random) {
        return 1 + (long) Math.floor(Math.log1p(-random.nextDouble()) / Math.log1p(-rate));
    }
}
