package io.bohrwerk.emulator.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Finds which of many texts a line holds, in one pass over the line (Aho and Corasick). Nearly every line of a console holds none, so
 * that no pattern is tried on it.
 */
final class Needles {
    private static final int ASCII = 128;

    /** For each state the next one by character. */
    private final List<int[]> next = new ArrayList<>();
    /** For each state the numbers of the texts that end there; null for none. */
    private final List<BitSet> ending = new ArrayList<>();

    /** @param texts of ASCII; a text's number is its place */
    Needles(Collection<String> texts) {
        state();
        int number = 0;
        for (String text : texts) {
            int state = 0;
            for (char c : text.toCharArray()) {
                if (next.get(state)[c] == 0) {
                    next.get(state)[c] = state();
                }
                state = next.get(state)[c];
            }
            ending.get(state).set(number++);
        }
        link();
    }

    private int state() {
        next.add(new int[ASCII]);
        ending.add(new BitSet());
        return next.size() - 1;
    }

    /** Lets each state go on with the longest text that is still possible where its own ends. */
    private void link() {
        int[] back = new int[next.size()];
        Deque<Integer> open = new ArrayDeque<>();
        for (int state : next.get(0)) {
            if (state != 0) {
                open.add(state);
            }
        }
        while (!open.isEmpty()) {
            int state = open.remove();
            int[] on = next.get(state);
            ending.get(state).or(ending.get(back[state]));
            for (int c = 0; c < ASCII; c++) {
                int otherwise = next.get(back[state])[c];
                if (on[c] == 0) {
                    on[c] = otherwise;
                } else {
                    back[on[c]] = otherwise;
                    open.add(on[c]);
                }
            }
        }
    }

    /** The numbers of the texts that the line holds. */
    BitSet in(String line) {
        BitSet found = new BitSet();
        int state = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            state = c < ASCII ? next.get(state)[c] : 0;
            if (state != 0 && !ending.get(state).isEmpty()) {
                found.or(ending.get(state));
            }
        }
        return found;
    }
}
