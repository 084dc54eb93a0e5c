package io.bohrwerk.protocol.traced;

import io.bohrwerk.protocol.traced.Visits.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides in which order the places of a test are tried: a row of delays, each of which puts a timer interrupt on places that no delay before
 * it has.
 *
 * <p>What is rare comes first: an instruction that was executed once before one of a loop, the path of an exception before that of a system
 * call, a module before all else. A delay is worth the sum of what is new under its ticks: most an instruction that was never interrupted, less
 * one that was, but in another context, or in another turn of its loop: the first, the second, the last. The most valuable comes first, which
 * is the greedy cover of a set by its subsets (Chvátal, "A Greedy Heuristic for the Set-Covering Problem", 1979); where each delay covers one
 * place, this is sorting by value. Among equals the order is that of van der Corput's sequence over the test's length: from coarse to fine, so
 * that a race open for n of m places is met after about m/n.
 */
public final class Planner {
    /** The least of an aimed place is worth more than the most of all others together. */
    private static final long AIMED = 1L << 32;

    private final TestTrace trace;
    /** For each place the number of its instruction. */
    private final int[] pcOf;

    private final boolean[] aimed;
    private final boolean[] newPlace;
    private final boolean[] newPc;
    /** By the delay that has its first tick, or a later one, there. */
    private final Map<Long, List<Spot>> spots = new TreeMap<>();

    /** An execution of a place that has not been interrupted. */
    private record Spot(int place, Turn turn, int offset) {}

    private Planner(TestTrace trace, Set<Place> tried, Aim aim) {
        this.trace = trace;
        List<Place> places = trace.places();
        pcOf = new int[places.size()];
        newPlace = new boolean[places.size()];
        aimed = new boolean[places.size()];
        Map<Long, Integer> pcs = new HashMap<>();
        for (int place = 0; place < places.size(); place++) {
            pcOf[place] = pcs.computeIfAbsent(places.get(place).pc(), pc -> pcs.size());
            newPlace[place] = !tried.contains(places.get(place));
            aimed[place] = aim.matches(places.get(place));
        }
        newPc = new boolean[pcs.size()];
        Arrays.fill(newPc, true);
        for (int place = 0; place < places.size(); place++) {
            newPc[pcOf[place]] &= newPlace[place];
        }
        for (int place = 0; place < places.size(); place++) {
            for (Turn turn : Turn.values()) {
                int offset = trace.visits().get(place).offset(turn);
                if (newPlace[place] && offset >= 0 && offset < trace.length()) {
                    spots.computeIfAbsent(trace.delayFor(offset), delay -> new ArrayList<>())
                            .add(new Spot(place, turn, offset));
                }
            }
        }
    }

    /**
     * @param tried places that need not be tried again
     * @return in the order of trying; empty when nothing is left to try
     */
    public static List<Placement> plan(TestTrace trace, Set<Place> tried) {
        return plan(trace, tried, Aim.NONE);
    }

    /** @param aim what is tried ahead of all else */
    public static List<Placement> plan(TestTrace trace, Set<Place> tried, Aim aim) {
        return new Planner(trace, tried, aim).plan();
    }

    private record Candidate(long delay, long gain, long rank) {}

    private List<Placement> plan() {
        PriorityQueue<Candidate> queue = new PriorityQueue<>(
                Comparator.comparingLong(Candidate::gain).reversed().thenComparingLong(Candidate::rank));
        int index = 0;
        for (Map.Entry<Long, List<Spot>> each : spots.entrySet()) {
            // reversed bits of the index are the sequence's value, scaled to 32 bits
            long vanDerCorput = Integer.toUnsignedLong(Integer.reverse(index++));
            queue.add(new Candidate(each.getKey(), gain(each.getValue()), vanDerCorput));
        }
        List<Placement> plan = new ArrayList<>();
        for (Candidate best = queue.poll(); best != null; best = queue.poll()) {
            List<Spot> under = spots.getOrDefault(best.delay(), List.of());
            long gain = gain(under);
            if (gain < best.gain()) {
                queue.add(new Candidate(best.delay(), gain, best.rank())); // others have covered some of it meanwhile
                continue;
            }
            Spot most = under.size() == 1
                    ? under.get(0)
                    : under.stream()
                            .max(Comparator.comparingLong(spot -> gain(List.of(spot))))
                            .orElseThrow();
            plan.add(new Placement(best.delay(), most.offset(), most.place()));
            for (Spot spot : under) {
                newPlace[spot.place()] = false;
                newPc[pcOf[spot.place()]] = false;
            }
        }
        return plan;
    }

    private long gain(List<Spot> under) {
        long gain = 0;
        for (Spot spot : under) {
            Place place = trace.places().get(spot.place());
            long worth = 0;
            if (newPc[pcOf[spot.place()]]) {
                worth += worth(place.kind())
                        * rarity(trace.visits().get(spot.place()).count());
            }
            if (newPlace[spot.place()]) {
                worth += place.kind() == Place.Kind.ORDINARY ? 4 : 6;
            }
            worth += switch (spot.turn()) {
                case FIRST -> 3;
                case LAST -> 2;
                case SECOND -> 1;
            };
            gain += aimed[spot.place()] ? worth * AIMED : worth;
        }
        return gain;
    }

    private static long worth(Place.Kind kind) {
        return switch (kind) {
            case MODULE -> 1 << 16;
            case TRAP -> 64;
            case SYSCALL -> 16;
            case ORDINARY -> 12;
        };
    }

    /** By powers of ten: how often a place is executed says how likely a random interrupt is to hit it. */
    private static int rarity(long count) {
        return count == 1 ? 8 : count <= 10 ? 4 : count <= 1_000 ? 2 : 1;
    }
}
