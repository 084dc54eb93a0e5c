package io.bohrwerk.protocol.traced;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** Where ticks really landed, compared to where they were planned. */
public final class Landings {
    private Landings() {}

    /**
     * By how many instructions each tick of a batch landed late, negative for early.
     *
     * @param planned the batch's iterations, in order
     * @param ticks for each iteration, the offsets of the ticks that came after its delay, in order
     * @return of those whose tick was seen, without those that had another tick in the delay: by what its handler executed, the offsets of
     *     what follows are smaller
     */
    public static List<Long> late(TestTrace trace, List<Placement> planned, List<List<Long>> ticks) {
        List<Long> late = new ArrayList<>();
        for (int i = 0; i < Math.min(planned.size(), ticks.size()); i++) {
            int offset = planned.get(i).offset();
            int tick = trace.tickFor(offset) - 1;
            boolean undisturbed = trace.lead() + planned.get(i).delay() <= trace.period();
            if (undisturbed && tick < ticks.get(i).size()) {
                late.add(ticks.get(i).get(tick) - offset);
            }
        }
        return late;
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
}
