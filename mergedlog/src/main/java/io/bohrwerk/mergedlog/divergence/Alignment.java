package io.bohrwerk.mergedlog.divergence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lays the arrivals of two iterations side by side. Two are the same when everything that the guest can see of them is: vector, cause,
 * privilege level, instruction and stack pointer. When they came is no part of it: time differs from the first delay on.
 *
 * <p>The rows after the first difference are aligned by a longest common subsequence of the next {@value #WINDOW}; what then stands alone
 * on either side at the same place is one row if it is of the same vector, which came elsewhere.
 */
public final class Alignment {
    /** On either side: some thousand comparisons of a thousand, a few milliseconds. */
    static final int WINDOW = 1000;

    /** Of the same ones before the first difference, so many are shown. */
    static final int SHOWN_BEFORE = 20;

    /** Rows from the first difference on. */
    static final int SHOWN_BEHIND = 200;

    private final List<Arrival> failing;
    private final List<Arrival> passing;
    private final int common;
    private final List<Divergence.Row> rows = new ArrayList<>();

    private Alignment(List<Arrival> failing, List<Arrival> passing) {
        this.failing = failing;
        this.passing = passing;
        int same = 0;
        while (same < failing.size()
                && same < passing.size()
                && failing.get(same).equals(passing.get(same))) {
            same++;
        }
        this.common = same;
    }

    /**
     * The rows around the first difference.
     *
     * @param sameBefore rows before these, the same on both sides
     * @param first index of the first row that differs; null when none does
     * @param firstOfGuest index of the first one that differs and was not caused by a device: there the guest itself went another way;
     *     null when none does, as far as rows are shown
     */
    record Rows(
            List<Divergence.Row> rows,
            long sameBefore,
            @Nullable Integer first,
            @Nullable Integer firstOfGuest) {}

    static Rows of(List<Arrival> failing, List<Arrival> passing) {
        return new Alignment(failing, passing).rows();
    }

    private Rows rows() {
        int from = Math.max(0, common - SHOWN_BEFORE);
        for (int i = from; i < common; i++) {
            rows.add(new Divergence.Row(failing.get(i), passing.get(i)));
        }
        int first = rows.size();
        align(
                failing.subList(common, Math.min(failing.size(), common + WINDOW)),
                passing.subList(common, Math.min(passing.size(), common + WINDOW)));
        List<Divergence.Row> shown = List.copyOf(rows.subList(0, Math.min(rows.size(), first + SHOWN_BEHIND)));
        Integer ofGuest = null;
        for (int i = first; i < shown.size() && ofGuest == null; i++) {
            ofGuest = shown.get(i).differsByItself() ? (Integer) i : null;
        }
        return new Rows(shown, from, first < rows.size() ? (Integer) first : null, ofGuest);
    }

    private void align(List<Arrival> left, List<Arrival> right) {
        int[][] longest = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                longest[i][j] = left.get(i).equals(right.get(j))
                        ? longest[i + 1][j + 1] + 1
                        : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        List<Arrival> onlyLeft = new ArrayList<>();
        List<Arrival> onlyRight = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < left.size() || j < right.size()) {
            if (i < left.size() && j < right.size() && left.get(i).equals(right.get(j))) {
                pair(onlyLeft, onlyRight);
                rows.add(new Divergence.Row(left.get(i++), right.get(j++)));
            } else if (j == right.size() || i < left.size() && longest[i + 1][j] >= longest[i][j + 1]) {
                onlyLeft.add(left.get(i++));
            } else {
                onlyRight.add(right.get(j++));
            }
        }
        pair(onlyLeft, onlyRight);
    }

    /** What stands alone between two rows that are the same: in its order on either side, and beside its like where both have one. */
    private void pair(List<Arrival> left, List<Arrival> right) {
        int j = 0;
        for (Arrival one : left) {
            int like = j;
            while (like < right.size()
                    && (right.get(like).vector() != one.vector()
                            || right.get(like).cause() != one.cause())) {
                like++;
            }
            if (like == right.size()) {
                rows.add(new Divergence.Row(one, null));
                continue;
            }
            while (j < like) {
                rows.add(new Divergence.Row(null, right.get(j++)));
            }
            rows.add(new Divergence.Row(one, right.get(j++)));
        }
        while (j < right.size()) {
            rows.add(new Divergence.Row(null, right.get(j++)));
        }
        left.clear();
        right.clear();
    }
}
