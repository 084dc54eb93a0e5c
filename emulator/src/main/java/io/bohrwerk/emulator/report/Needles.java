package io.bohrwerk.emulator.report;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds which of many texts a line holds, in one pass over the line (Aho and Corasick). Nearly every line of a console holds none, so
 * that no pattern is tried on it.
 */
final class Needles {
    private static final int ASCII = 128;

    private static final BitSet NONE = new BitSet();

    /** For each state the next one by character; a state's row begins at its number. */
    private final int[] next;
    /** The numbers of the texts that end in a state, by its row; null for none. */
    private final @Nullable BitSet[] ending;

    /** @param texts of ASCII; a text's number is its place */
    Needles(List<String> texts) {
        int states = 1 + texts.stream().mapToInt(String::length).sum();
        next = new int[states * ASCII];
        ending = new BitSet[states];
        int used = 0;
        for (int number = 0; number < texts.size(); number++) {
            int row = 0;
            for (char c : texts.get(number).toCharArray()) {
                if (next[row + c] == 0) {
                    next[row + c] = ++used * ASCII;
                }
                row = next[row + c];
            }
            end(row, number);
        }
        link();
    }

    private void end(int row, int number) {
        BitSet numbers = ending[row / ASCII];
        if (numbers == null) {
            numbers = new BitSet();
            ending[row / ASCII] = numbers;
        }
        numbers.set(number);
    }

    /** Lets each state go on with the longest text that is still possible where its own ends. */
    private void link() {
        int[] back = new int[ending.length];
        Deque<Integer> open = new ArrayDeque<>();
        for (int c = 0; c < ASCII; c++) {
            if (next[c] != 0) {
                open.add(next[c]);
            }
        }
        while (!open.isEmpty()) {
            int row = open.remove();
            int shorter = back[row / ASCII];
            BitSet also = ending[shorter / ASCII];
            if (also != null) {
                also.stream().forEach(number -> end(row, number));
            }
            for (int c = 0; c < ASCII; c++) {
                int otherwise = next[shorter + c];
                if (next[row + c] == 0) {
                    next[row + c] = otherwise;
                } else {
                    back[next[row + c] / ASCII] = otherwise;
                    open.add(next[row + c]);
                }
            }
        }
    }

    /** The numbers of the texts that the line holds; not to be changed. */
    BitSet in(String line) {
        BitSet found = NONE;
        int row = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            row = c < ASCII ? next[row + c] : 0;
            BitSet here = ending[row / ASCII];
            if (here != null) {
                if (found.isEmpty()) {
                    found = new BitSet();
                }
                found.or(here);
            }
        }
        return found;
    }
}
