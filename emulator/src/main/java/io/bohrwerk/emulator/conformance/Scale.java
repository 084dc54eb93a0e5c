package io.bohrwerk.emulator.conformance;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.conformance.Counter.Count;
import io.bohrwerk.protocol.conformance.Conformance.Finding;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Weighs schedules against each other: two batches that differ in their delays only must differ by exactly the sum of these differences.
 *
 * <p>What a guest does besides is the same in both and cancels out, as long as both ask in the same words: a number of more digits takes longer
 * to read, and a formula of another kind longer to compute. So the two are of one kind, and their numbers of the same length. What does not
 * cancel out is noise: the timer's interrupt that comes in one and not in the other, or a test that is never equally long. How much there is
 * of it is found with small delays, and then the differences are made so large that it does not matter.
 */
final class Scale {
    private static final int SMALLEST = 100;
    private static final int[] SMALL = {101, 116, 237, 541, 997};
    /** From here on a loop that takes too long shows. */
    private static final int TELLING = 237;

    /** Small, so that few of the batches differ by a tick. */
    private static final int LEAST_UNIT = 100;

    private static final int LARGEST_UNIT = 1_000_000;
    /** A difference that is asked for stands out of the noise by so much ... */
    private static final int ABOVE_NOISE = 20;
    /** ... and what lies within so much of it may be noise. */
    private static final int WITHIN = 3;
    /** Of a delay that spans ticks: their handlers come on top. Linux's take up to an eighth of a period. */
    private static final double HANDLERS = 0.25;

    private static final int VARIANTS = 6;
    /** Of a test that varies by itself no pair will be exact: more of them would only take time. */
    private static final int FEW_VARIANTS = 2;

    private final Counter counter;
    private final int shift;
    private long noise;
    private int unit = LEAST_UNIT;
    private double error;
    /** Whether the test varies by itself, as one of Linux does. */
    private boolean varies;

    private boolean decidable = true;
    private String why = "";

    /** Two schedules of one kind. */
    record Pair(Schedule from, Schedule to) {
        /** By how many instructions a batch of {@code to} is to be longer. */
        long asked(int iterations) {
            long sum = 0;
            for (int k = 0; k < iterations; k++) {
                sum += Delays.before(to, k) - Delays.before(from, k);
            }
            return sum;
        }
    }

    Scale(Counter counter, int shift) {
        this.counter = counter;
        this.shift = shift;
    }

    /** The delay of schedules in which only something else matters. */
    Schedule base() {
        return Schedule.fixed(shift, SMALLEST);
    }

    /** Delays are chosen in multiples of this, so that they stand out of the noise. */
    int unit() {
        return unit;
    }

    long noise() {
        return noise;
    }

    boolean decidable() {
        return decidable;
    }

    Finding undecided() {
        return new Finding(Service.UNDECIDED, why);
    }

    /** Finds out how much noise there is, and what the guest makes of {@code delay=}. To be called first. */
    Finding delay() throws InfrastructureException {
        int iterations = counter.iterations();
        Count base = counter.count(base());
        Count again = counter.again(base());
        if (!base.passed() || !again.passed()) {
            return undecidable("a batch of " + iterations + " iterations did not pass: "
                    + (base.passed() ? again : base).refusal());
        }
        noise = Math.abs(again.instructions() - base.instructions());
        if (noise > 0 && !again.stopped()) {
            return undecidable(
                    "the guest does not stop the machine after its last word (write 1 to port 0x505), so where a batch"
                            + " ends depends on the host");
        }
        int exact = 0;
        int telling = 0;
        List<Double> errors = new ArrayList<>();
        for (int delay : SMALL) {
            Count count = counter.count(Schedule.fixed(shift, delay));
            if (!count.passed()) {
                return undecidable("with delay=" + delay + " " + count.refusal());
            }
            long asked = (long) iterations * (delay - SMALLEST);
            long took = count.instructions() - base.instructions();
            noise = Math.max(noise, Math.min(Math.abs(took), Math.abs(took - asked)));
            exact += took == asked ? 1 : 0;
            if (delay >= TELLING) {
                telling += took == asked ? 1 : 0;
                if (took != asked && took != 0 && (took - asked) % iterations == 0) {
                    errors.add((took - asked) / (double) asked);
                }
            }
        }
        while (unit < LARGEST_UNIT && (long) iterations * unit * 8 < ABOVE_NOISE * noise) {
            unit *= 10;
        }
        Pair large = new Pair(Schedule.fixed(shift, unit), Schedule.fixed(shift, 9L * unit));
        long asked = large.asked(iterations);
        Count from = counter.count(large.from());
        Count to = counter.count(large.to());
        if (!from.passed() || !to.passed()) {
            return undecidable("with a delay " + (from.passed() ? to : from).refusal());
        }
        if (asked < ABOVE_NOISE * noise) {
            return undecidable(String.format(
                    Locale.ROOT,
                    "batches differ by %,d instructions by themselves, which hides what a delay does",
                    noise));
        }
        long took = to.instructions() - from.instructions();
        String seen = String.format(
                Locale.ROOT,
                "%d iterations, each with a delay of %,d instead of %,d, took %,d instructions more; %,d were asked for",
                iterations,
                9L * unit,
                (long) unit,
                took,
                asked);
        if (exact >= 3 && telling > 0) {
            return new Finding(
                    Service.EXACT,
                    exact + " of " + SMALL.length + " delays took exactly their instructions"
                            + (exact == SMALL.length ? "" : ", the others met one interrupt more or less"));
        }
        if (Math.abs(took) <= WITHIN * noise) {
            return new Finding(Service.NOT_SERVED, seen);
        }
        if (errors.size() == 3 && sameKind(errors)) {
            error = errors.get(2);
            return new Finding(Service.INEXACT, String.format(Locale.ROOT, "%s: %+.1f %%", seen, 100 * error));
        }
        varies = Math.abs(took - asked) <= Math.max(WITHIN * noise, HANDLERS * asked);
        return varies
                ? new Finding(
                        Service.SERVED,
                        seen
                                + String.format(
                                        Locale.ROOT,
                                        ". The test itself varies by up to %,d, so whether"
                                                + " it is exact cannot be told",
                                        noise))
                : new Finding(Service.INEXACT, seen);
    }

    private Finding undecidable(String reason) {
        decidable = false;
        why = reason;
        return undecided();
    }

    private static boolean sameKind(List<Double> errors) {
        double least = errors.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = errors.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        return least * most > 0 && Math.abs(most - least) < Math.max(Math.abs(least), Math.abs(most)) / 2;
    }

    /** What a guest makes of a key, from pairs that differ in it. Those that ask for too little are passed over. */
    Finding weigh(List<Pair> pairs) throws InfrastructureException {
        if (!decidable) {
            return undecided();
        }
        int iterations = counter.iterations();
        List<Pair> telling = pairs.stream()
                .filter(pair -> Math.abs(pair.asked(iterations)) >= Math.max(iterations * 25L, ABOVE_NOISE / 2 * noise))
                .limit(varies ? FEW_VARIANTS : VARIANTS)
                .toList();
        boolean nothing = true;
        boolean close = !telling.isEmpty();
        String seen = "no two delays stand out of the noise";
        for (Pair pair : telling) {
            Count from = counter.count(pair.from());
            Count to = counter.count(pair.to());
            if (!from.passed() || !to.passed()) {
                String refusal = String.valueOf((from.passed() ? to : from).refusal());
                return new Finding(refusal.startsWith(Counter.SAID) ? Service.NOT_SERVED : Service.UNDECIDED, refusal);
            }
            long asked = pair.asked(iterations);
            long took = to.instructions() - from.instructions();
            seen = String.format(
                    Locale.ROOT,
                    "two batches of %d iterations differed by %,d instructions; their delays differ by %,d",
                    iterations,
                    took,
                    asked);
            if (took == asked) {
                return new Finding(Service.EXACT, seen);
            }
            nothing &= Math.abs(took) <= WITHIN * noise;
            close &= Math.abs(took - asked - error * asked) <= Math.max(WITHIN * noise, Math.abs(error * asked) / 2);
        }
        if (telling.isEmpty()) {
            return new Finding(Service.UNDECIDED, seen);
        }
        if (nothing) {
            return new Finding(Service.NOT_SERVED, seen);
        }
        if (close && error != 0) {
            return new Finding(Service.INEXACT, seen + ": as with delay");
        }
        return close
                ? new Finding(Service.SERVED, seen + ", which is within what the test itself varies by")
                : new Finding(Service.INEXACT, seen);
    }
}
