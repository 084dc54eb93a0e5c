package io.bohrwerk.api.signature;

import java.util.List;

/**
 * How much alike two stacks are, as ClusterFuzz judges it ({@code crash_analysis/crash_comparer.py}): the top frames count, and two
 * stacks are alike when two frames of them come in the same order, whatever stands between.
 */
public final class Stacks {
    /** Of each stack: further out, everything is alike. */
    public static final int TOP = 3;

    private static final int ENOUGH = 2;

    private Stacks() {}

    /** The frames that count. */
    public static List<String> top(List<String> frames) {
        return frames.subList(0, Math.min(TOP, frames.size()));
    }

    /** Whether two stacks are alike; one of a single frame only if the other is the same. */
    public static boolean alike(List<String> one, List<String> other) {
        List<String> a = top(one);
        List<String> b = top(other);
        return !a.isEmpty() && (a.equals(b) || common(a, b) >= ENOUGH);
    }

    /** Length of the longest common subsequence of the top frames. */
    public static int common(List<String> one, List<String> other) {
        List<String> a = top(one);
        List<String> b = top(other);
        int[][] longest = new int[a.size() + 1][b.size() + 1];
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                longest[i][j] = a.get(i - 1).equals(b.get(j - 1))
                        ? longest[i - 1][j - 1] + 1
                        : Math.max(longest[i - 1][j], longest[i][j - 1]);
            }
        }
        return longest[a.size()][b.size()];
    }
}
