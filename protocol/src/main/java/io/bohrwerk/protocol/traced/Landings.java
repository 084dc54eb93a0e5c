package io.bohrwerk.protocol.traced;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** Where ticks really landed, held against where they were planned. */
public final class Landings {
    /** Farther off, an instruction of the same address is another execution of it. */
    private static final int FARTHEST = 48;

    private static final int MOST_OTHERS = 2;

    private Landings() {}

    /**
     * By how many instructions the ticks of a batch landed late.
     *
     * @param planned the batch's iterations, all executed
     * @param ticks the program counters that the batch's ticks interrupted, in their order: of each iteration the one that it was aligned
     *     to, and the one that was placed; before or behind them at most {@value #MOST_OTHERS} that came while no iteration ran
     * @return what more than half of the iterations agree on, negative for early. Empty when they do not: a tick that meets masked
     *     interrupts lands later than it was put, by another distance each time. Empty also when there were more other ticks
     */
    public static OptionalLong late(TestTrace trace, List<Placement> planned, List<Long> ticks) {
        int others = ticks.size() - 2 * planned.size();
        for (int first = 0; others <= MOST_OTHERS && first <= others; first++) {
            OptionalLong late = agreed(trace, planned, ticks.subList(first, first + 2 * planned.size()));
            if (late.isPresent()) {
                return late;
            }
        }
        return OptionalLong.empty();
    }

    /**
     * How late ticks usually land, where not all do alike.
     *
     * @param late in instructions, of each tick
     * @return what the most of them agree on, of several the least. Empty when fewer than a quarter do, or only one
     */
    public static OptionalLong usual(List<Long> late) {
        return late.stream()
                .filter(each -> Collections.frequency(late, each) >= Math.max(2, (late.size() + 3) / 4))
                .min(Comparator.<Long>comparingInt(each -> -Collections.frequency(late, each))
                        .thenComparing(Comparator.naturalOrder()))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    private static OptionalLong agreed(TestTrace trace, List<Placement> planned, List<Long> ticks) {
        List<Long> late = new ArrayList<>();
        for (int i = 0; i < planned.size(); i++) {
            long pc = ticks.get(2 * i + 1);
            int offset = planned.get(i).offset();
            for (int distance = 0; distance <= FARTHEST; distance++) {
                if (isAt(trace, offset + distance, pc)) {
                    late.add((long) distance);
                    break;
                }
                if (isAt(trace, offset - distance, pc)) {
                    late.add((long) -distance);
                    break;
                }
            }
        }
        return late.stream()
                .filter(distance -> 2 * Collections.frequency(late, distance) > planned.size())
                .mapToLong(Long::longValue)
                .findFirst();
    }

    private static boolean isAt(TestTrace trace, int offset, long pc) {
        return offset >= 0
                && offset < trace.length()
                && trace.at(offset) != TestTrace.BLIND
                && trace.places().get(trace.at(offset)).pc() == pc;
    }
}
