package io.bohrwerk.emulator.conformance;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.conformance.Counter.Count;
import io.bohrwerk.emulator.conformance.Scale.Pair;
import io.bohrwerk.protocol.conformance.Conformance.Finding;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.conformance.GuestKey;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/** What a guest with an agent serves of the keys that choose its delays and its reports. */
final class Keys {
    /** Of 14 digits, above 2<sup>32</sup>: a guest that keeps half of a seed draws other delays. */
    private static final long SEED = 12_345_678_901_230L;

    private static final int CANDIDATES = 12;

    private final Counter counter;
    private final Scale scale;
    private final int shift;

    Keys(Counter counter, Scale scale, int shift) {
        this.counter = counter;
        this.scale = scale;
        this.shift = shift;
    }

    /** All but {@code continue}, {@code hz} and {@code extra}. */
    Map<GuestKey, Finding> find() throws InfrastructureException {
        Map<GuestKey, Finding> found = new EnumMap<>(GuestKey.class);
        found.put(GuestKey.DELAY, scale.delay());
        long unit = scale.unit();
        List<Pair> strides = new ArrayList<>();
        List<Pair> seeds = new ArrayList<>();
        List<Pair> windows = new ArrayList<>();
        List<Pair> lists = new ArrayList<>();
        for (int i = 0; i < CANDIDATES; i++) {
            strides.add(new Pair(stride(unit + 7 + i, 9 * unit), stride(8 * unit + 11 + 2 * i, 9 * unit)));
            seeds.add(new Pair(seed(SEED + i, 9 * unit), seed(SEED + 100 + 17 * i, 9 * unit)));
            windows.add(new Pair(seed(SEED + i, 2 * unit + i), seed(SEED + i, 9 * unit - i)));
            windows.add(new Pair(stride(4 * unit + 11 + i, 2 * unit + i), stride(4 * unit + 11 + i, 9 * unit - i)));
            lists.add(new Pair(list(unit, 3, i), list(unit, 7, i + 1)));
        }
        found.put(GuestKey.STRIDE, scale.weigh(strides));
        found.put(GuestKey.SEED, scale.weigh(seeds));
        found.put(GuestKey.WINDOW, window(found, windows));
        found.put(GuestKey.DELAYS, scale.weigh(lists));
        found.put(GuestKey.ALIGN, align(!served(found, GuestKey.DELAY)));
        found.put(GuestKey.REPORT, report());
        return found;
    }

    private Schedule stride(long stride, long window) {
        return new Schedule(shift, 0, stride, window, 0, Align.NONE);
    }

    private Schedule seed(long seed, long window) {
        return new Schedule(shift, 0, 0, window, seed, Align.NONE);
    }

    /** No two neighbours alike. */
    private Schedule list(long unit, int factor, int offset) {
        List<Long> delays = LongStream.range(0, counter.iterations())
                .mapToObj(k -> unit + (k * factor + offset) % 9 * unit / 2)
                .toList();
        return Schedule.listed(shift, delays, Align.NONE);
    }

    /** A window is seen only through what is drawn from it. */
    private Finding window(Map<GuestKey, Finding> found, List<Pair> windows) throws InfrastructureException {
        boolean drawn = served(found, GuestKey.SEED);
        boolean strided = served(found, GuestKey.STRIDE);
        List<Pair> seen = windows.stream()
                .filter(pair -> pair.from().seed() != 0 ? drawn || !strided : strided)
                .toList();
        return scale.weigh(seen);
    }

    private static boolean served(Map<GuestKey, Finding> found, GuestKey key) {
        Finding finding = found.get(key);
        return finding != null && finding.service() != Service.NOT_SERVED;
    }

    /**
     * A guest that halts until the tick begins each iteration at a tick, so each delay makes a batch longer; one that waits in a loop
     * begins there, too, and only its last delay does.
     */
    private Finding align(boolean listed) throws InfrastructureException {
        if (!scale.decidable()) {
            return scale.undecided();
        }
        Count none = counter.count(delayed(100, Align.NONE, listed));
        Count aligned = counter.count(delayed(100, Align.TICK, listed));
        if (!aligned.passed()) {
            String refusal = String.valueOf(aligned.refusal());
            return new Finding(refusal.startsWith(Counter.SAID) ? Service.NOT_SERVED : Service.UNDECIDED, refusal);
        }
        long waited = aligned.instructions() - none.instructions();
        if (waited == 0) {
            return new Finding(Service.NOT_SERVED, "a batch took as many instructions with it as without");
        }
        if (Math.abs(waited) <= 3 * scale.noise()) {
            return new Finding(
                    Service.UNDECIDED,
                    String.format(
                            Locale.ROOT,
                            "a batch took %+,d instructions, which is within what it varies by without it",
                            waited));
        }
        int iterations = counter.iterations();
        List<String> seen = new ArrayList<>();
        for (int delay : new int[] {237, 541, 997}) {
            Count count = counter.count(delayed(delay, Align.TICK, listed));
            long asked = delay - 100;
            long took = count.instructions() - aligned.instructions();
            if (count.passed() && (took == asked || took == asked * iterations)) {
                return new Finding(
                        Service.EXACT,
                        "each iteration began the same number of instructions behind its tick"
                                + (took == asked ? "; the guest does not halt until it comes" : ""));
            }
            seen.add(String.format(Locale.ROOT, "%,d instead of %,d", took, asked * iterations));
        }
        return new Finding(
                Service.SERVED,
                "it waits, but batches with longer delays took " + String.join(", ", seen)
                        + " instructions more: whether it always begins at the same instruction cannot be told");
    }

    /** The same delay before each iteration; by a list for a guest that does not serve {@code delay}. */
    private Schedule delayed(long delay, Align align, boolean listed) {
        return listed
                ? Schedule.listed(shift, Collections.nCopies(counter.iterations(), delay), align)
                : new Schedule(shift, delay, 0, 0, 0, align);
    }

    private Finding report() throws InfrastructureException {
        int count = counter.iterations() + 1;
        int every = count > 4 ? 4 : 2;
        List<Long> each = counter.reports(scale.base(), count, 1);
        List<Long> some = counter.reports(scale.base(), count, every);
        if (each == null || some == null) {
            return new Finding(Service.UNDECIDED, "a batch of " + count + " iterations did not pass");
        }
        List<Long> all = LongStream.rangeClosed(1, count).boxed().toList();
        List<Long> wanted = all.stream().filter(i -> i % every == 0).toList();
        String seen = "of " + count + " iterations it reported " + some + " with report=" + every + ", and " + each
                + " with report=1";
        if (each.equals(all) && some.equals(wanted)) {
            return new Finding(Service.EXACT, seen);
        }
        return new Finding(some.equals(each) ? Service.NOT_SERVED : Service.INEXACT, seen);
    }
}
