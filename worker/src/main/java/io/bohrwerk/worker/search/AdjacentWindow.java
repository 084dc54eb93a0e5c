package io.bohrwerk.worker.search;

import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.mergedlog.divergence.Arrival;
import io.bohrwerk.mergedlog.divergence.Divergence;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The delays around one that fails: where they part from the ones that pass, and which interrupt makes the difference. */
final class AdjacentWindow {
    private AdjacentWindow() {}

    /** @param trace of the delay's only iteration */
    record Traced(long delay, BatchRun run, TraceReader.Trace trace) {
        private Divergence.Side side(Schedule schedule) {
            return new Divergence.Side(
                    Divergence.Nearness.ADJACENT_SCHEDULE,
                    schedule,
                    1,
                    run.outcome(),
                    trace.arrivals().size(),
                    trace.inDelays(),
                    trace.cut());
        }
    }

    /**
     * @param traced by delay, at least those from {@code from - 1} to {@code from} and from {@code to} to {@code to + 1}
     * @param from the first delay that fails
     * @param to the last
     * @param failing the schedule of the first that fails
     * @param passing the schedule of the one before it
     */
    static Adjacent.Window of(SortedMap<Long, Traced> traced, long from, long to, Schedule failing, Schedule passing) {
        Traced fails = get(traced, from);
        Traced passes = get(traced, from - 1);
        Divergence divergence = Divergence.of(
                fails.side(failing),
                fails.trace().arrivals(),
                passes.side(passing),
                passes.trace().arrivals());
        Arrival maker = maker(divergence);
        List<Adjacent.Place> places = new ArrayList<>();
        Integer first = divergence.first();
        long before = maker == null || first == null
                ? 0
                : fails.trace().arrivals().stream()
                        .limit(divergence.sameBefore() + first)
                        .filter(arrival -> isOf(maker, arrival))
                        .count();
        for (Traced each : traced.values()) {
            places.add(new Adjacent.Place(
                    each.delay(),
                    each.run().outcome() != Outcome.PASSED,
                    maker == null ? null : nth(each.trace().arrivals(), maker, before)));
        }
        return new Adjacent.Window(failing, from, to, maker == null ? null : maker.vector(), places, divergence);
    }

    private static Traced get(Map<Long, Traced> traced, long delay) {
        Traced found = traced.get(delay);
        if (found == null) {
            throw new IllegalStateException("delay " + delay + " was not traced");
        }
        return found;
    }

    /** The interrupt whose place makes the difference; null when the first difference is none of a device's. */
    private static @Nullable Arrival maker(Divergence divergence) {
        Integer first = divergence.first();
        if (first == null) {
            return null;
        }
        Divergence.Row row = divergence.rows().get(first);
        Arrival arrival = row.failing() == null ? row.passing() : row.failing();
        return arrival != null && arrival.fromOutside() ? arrival : null;
    }

    private static boolean isOf(Arrival maker, Arrival arrival) {
        return arrival.fromOutside() && arrival.vector() == maker.vector();
    }

    private static @Nullable Arrival nth(List<Arrival> arrivals, Arrival maker, long before) {
        return arrivals.stream()
                .filter(arrival -> isOf(maker, arrival))
                .skip(before)
                .findFirst()
                .orElse(null);
    }
}
