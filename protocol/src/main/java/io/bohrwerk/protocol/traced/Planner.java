package io.bohrwerk.protocol.traced;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Decides in which order the places of a test are tried: a row of delays, each of which puts the timer interrupt on places that no delay
 * before it has.
 *
 * <p>A delay is worth the sum of what is new under its ticks: an instruction that was never interrupted, most of all in a module (more than any sum of others in one delay), then on a trap's path;
 * much less one that was, but reached in another way, or its first or last execution. The most valuable comes first, which is the
 * greedy cover of a set by its subsets (Chvátal, "A Greedy Heuristic for the Set-Covering Problem", 1979); in a test
 * shorter than a period each delay covers one place, and this is sorting by value. Among equals the order is that of van der Corput's
 * sequence over the test's length: from coarse to fine, so that a race open for n of m places is met after about m/n.
 */
public final class Planner {
    private static final byte FIRST = 2;
    private static final byte LAST = 1;

    private final TestTrace trace;
    private final int[] firstOfPc;
    /** For each place the unit of its instruction. */
    private final int[] pcOf;

    private final Map<Long, Integer> pcs = new HashMap<>();
    private final boolean[] newPlace;
    private final boolean[] newPc;
    /** What an offset is worth as an instruction's first or last execution. */
    private final byte[] edge;

    private Planner(TestTrace trace, Set<Place> tried) {
        this.trace = trace;
        int places = trace.places().size();
        pcOf = new int[places];
        newPlace = new boolean[places];
        for (int place = 0; place < places; place++) {
            Place here = trace.places().get(place);
            pcOf[place] = pcs.computeIfAbsent(here.pc(), pc -> pcs.size());
            newPlace[place] = !tried.contains(here);
        }
        newPc = new boolean[pcs.size()];
        Arrays.fill(newPc, true);
        for (int place = 0; place < places; place++) {
            newPc[pcOf[place]] &= newPlace[place];
        }
        firstOfPc = new int[pcs.size()];
        Arrays.fill(firstOfPc, -1);
        int[] lastOfPc = new int[pcs.size()];
        edge = new byte[trace.length()];
        for (int offset = 0; offset < trace.length(); offset++) {
            int place = trace.at(offset);
            if (place != TestTrace.BLIND) {
                int pc = pcOf[place];
                firstOfPc[pc] = firstOfPc[pc] < 0 ? offset : firstOfPc[pc];
                lastOfPc[pc] = offset;
            }
        }
        for (int pc = 0; pc < firstOfPc.length; pc++) {
            if (firstOfPc[pc] >= 0 && newPc[pc]) {
                edge[lastOfPc[pc]] = LAST;
                edge[firstOfPc[pc]] = FIRST;
            }
        }
    }

    /**
     * @param tried places that need not be tried again
     * @return in the order of trying; empty when nothing is left to try
     */
    public static List<Placement> plan(TestTrace trace, Set<Place> tried) {
        return new Planner(trace, tried).plan();
    }

    /** @param phase offset of the first tick */
    private record Candidate(int phase, int gain, long rank) {}

    private List<Placement> plan() {
        PriorityQueue<Candidate> queue = new PriorityQueue<>(
                Comparator.comparingInt(Candidate::gain).reversed().thenComparingLong(Candidate::rank));
        queue.addAll(candidates());
        List<Placement> plan = new ArrayList<>();
        for (Candidate best = queue.poll(); best != null; best = queue.poll()) {
            int gain = gain(best.phase());
            if (gain == 0) {
                continue;
            }
            if (gain < best.gain()) {
                queue.add(new Candidate(best.phase(), gain, best.rank())); // others have covered some of it meanwhile
                continue;
            }
            cover(best.phase());
            plan.add(new Placement(
                    trace.delayFor(best.phase()), best.phase(), trace.places().get(trace.at(best.phase()))));
        }
        return plan;
    }

    /** Each phase that is worth anything; first executions rank before others. */
    private List<Candidate> candidates() {
        int phases = (int) Math.min(trace.length(), trace.stride());
        List<Integer> firsts = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int phase = 0; phase < phases; phase++) {
            int place = trace.at(phase);
            if (place != TestTrace.BLIND && gain(phase) > 0) {
                (firstOfPc[pcOf[place]] == phase ? firsts : others).add(phase);
            }
        }
        List<Candidate> all = new ArrayList<>(firsts.size() + others.size());
        rank(firsts, 0, all);
        rank(others, 1L << 32, all);
        return all;
    }

    private void rank(List<Integer> phases, long base, List<Candidate> to) {
        for (int i = 0; i < phases.size(); i++) {
            long vanDerCorput = Integer.toUnsignedLong(Integer.reverse(i));
            // by position among its peers: reversed bits of i are the sequence's value, scaled to 32 bits
            to.add(new Candidate(phases.get(i), gain(phases.get(i)), base + vanDerCorput));
        }
    }

    private int gain(int phase) {
        int gain = 0;
        Set<Integer> counted = new HashSet<>();
        for (long offset = phase; offset < trace.length(); offset += trace.stride()) {
            int place = trace.at((int) offset);
            if (place == TestTrace.BLIND) {
                continue;
            }
            if (newPlace[place] && counted.add(place)) {
                gain += worthOfWay(trace.places().get(place).kind());
            }
            if (newPc[pcOf[place]] && counted.add(-1 - pcOf[place])) {
                gain += worthOfInstruction(trace.places().get(place).kind());
            }
            gain += edge[(int) offset];
        }
        return gain;
    }

    private void cover(int phase) {
        for (long offset = phase; offset < trace.length(); offset += trace.stride()) {
            int place = trace.at((int) offset);
            edge[(int) offset] = 0;
            if (place != TestTrace.BLIND) {
                newPlace[place] = false;
                newPc[pcOf[place]] = false;
            }
        }
    }

    private static int worthOfInstruction(Place.Kind kind) {
        return switch (kind) {
            case MODULE -> 1_024;
            case TRAP -> 64;
            case ENTRY -> 24;
            case ORDINARY -> 8;
        };
    }

    private static int worthOfWay(Place.Kind kind) {
        return switch (kind) {
            case MODULE -> 5;
            case TRAP -> 4;
            case ENTRY -> 3;
            case ORDINARY -> 2;
        };
    }
}
