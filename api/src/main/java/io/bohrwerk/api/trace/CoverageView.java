package io.bohrwerk.api.trace;

import io.bohrwerk.protocol.traced.Aim;
import io.bohrwerk.protocol.traced.Place;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the timer's interrupt was put in a job's test, as the API shows it. Positions follow from the trace and the delays that were run:
 * they are those where the ticks were put.
 *
 * @param failures where the tick was in the iterations that failed, the latest ones
 */
public record CoverageView(List<Shift> shifts, List<Landing> failures) {
    /**
     * At one icount shift.
     *
     * @param message of the latest trouble with the trace; null when there is none
     * @param iterations of the plan
     * @param run how many of them were counted
     * @param checked whether the ticks of the plan's first iterations were seen to land where they were put; when not, take the positions as
     *     intended. Null before there is a plan
     * @param exact the share of those that landed on their very instruction, from 0 to 1; null where it is not known. Where it is below 1 a
     *     guest's way from the tick to the test varies in length, and positions are those that were meant
     * @param instructions of the traced test; 0 when it failed while it was to be traced, and is run again instead
     * @param blind instructions before which the CPU takes no interrupt
     * @param places distinct ones
     * @param tried how many of them were interrupted
     * @param aimed how many of the places the job aims at; 0 without an aim
     * @param aimedTried how many of those were interrupted
     * @param symbols with the fewest tried first; of those that are aimed at, before all others
     */
    record Shift(
            int shift,
            JobTrace.State state,
            @Nullable String message,
            int iterations,
            int run,
            @Nullable Boolean checked,
            @Nullable Double exact,
            int instructions,
            int blind,
            int places,
            int tried,
            int aimed,
            int aimedTried,
            List<Symbol> symbols) {}

    /**
     * A function, or a page of memory where no name is known.
     *
     * @param trapPlaces those of them on the path of an exception
     * @param aimed those of them that the job aims at
     * @param aimedTried those of these that were interrupted
     */
    record Symbol(String symbol, int places, int trapPlaces, int tried, int aimed, int aimedTried) {}

    /**
     * @param pc hexadecimal
     * @param delay in instructions after the tick
     */
    record Landing(
            UUID failureId,
            int shift,
            long delay,
            @Nullable String pc,
            @Nullable String symbol,
            Place.@Nullable Kind kind) {}

    /** @param ran which iterations of the plan were counted; null plan when there is none yet */
    static Shift of(JobTrace trace, @Nullable TracedPlan plan, BitSet ran, Aim aim) {
        TestTrace test = plan == null ? null : plan.trace();
        if (plan == null || test == null) {
            return new Shift(
                    trace.shift(),
                    trace.state(),
                    trace.message(),
                    trace.delays(),
                    ran.cardinality(),
                    trace.checked(),
                    trace.exact(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    List.of());
        }
        BitSet tried = new BitSet();
        ran.stream().forEach(index -> plan.covered(index).forEach(tried::set));
        BitSet aimed = new BitSet();
        for (int i = 0; i < test.places().size(); i++) {
            aimed.set(i, aim.matches(test.places().get(i)));
        }
        BitSet hit = (BitSet) aimed.clone();
        hit.and(tried);
        return new Shift(
                trace.shift(),
                trace.state(),
                trace.message(),
                plan.size(),
                ran.cardinality(),
                trace.checked(),
                trace.exact(),
                test.length(),
                test.blind(),
                test.places().size(),
                tried.cardinality(),
                aimed.cardinality(),
                hit.cardinality(),
                symbols(test.places(), tried, aimed));
    }

    private static List<Symbol> symbols(List<Place> places, BitSet tried, BitSet aimed) {
        Map<String, Symbol> symbols = new HashMap<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            int trap = place.kind() == Place.Kind.TRAP ? 1 : 0;
            int done = tried.get(i) ? 1 : 0;
            int at = aimed.get(i) ? 1 : 0;
            String name =
                    place.symbol().isEmpty() ? "0x" + Long.toHexString(place.pc() >>> 12) + "000" : place.symbol();
            symbols.merge(
                    name,
                    new Symbol(name, 1, trap, done, at, at * done),
                    (a, b) -> new Symbol(
                            name,
                            a.places + b.places,
                            a.trapPlaces + b.trapPlaces,
                            a.tried + b.tried,
                            a.aimed + b.aimed,
                            a.aimedTried + b.aimedTried));
        }
        return symbols.values().stream()
                .sorted(Comparator.comparing((Symbol symbol) -> symbol.aimed == 0)
                        .thenComparingDouble(symbol -> (double) symbol.tried / symbol.places)
                        .thenComparing(Symbol::symbol))
                .toList();
    }

    static Landing landing(UUID failure, TracedPlan plan, int index) {
        Place place = plan.place(index);
        return new Landing(
                failure,
                plan.shift(),
                plan.delay(index),
                place == null ? null : "0x" + Long.toHexString(place.pc()),
                place == null ? null : place.symbol(),
                place == null ? null : place.kind());
    }
}
