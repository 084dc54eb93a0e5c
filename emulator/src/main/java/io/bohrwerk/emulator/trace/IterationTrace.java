package io.bohrwerk.emulator.trace;

import io.bohrwerk.emulator.plugin.PluginLine;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.Place;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.protocol.traced.Visits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns from a batch of three iterations, each aligned to the tick, what the second of them executed and where ticks fall.
 *
 * <p>The first has a delay longer than the timer's period, so a tick lands in it: from it comes the period. The other two have one short delay.
 */
public final class IterationTrace {
    /** The delays after which places are kept, and up to whose end. */
    public static final int FROM = 2;

    public static final int TO = 3;

    /** The loop of a shorter delay may be taken for another that the agent has need of. */
    public static final int SHORTEST_DELAY = 640;

    /** Of the timer's period: how far ticks may lie from it, as guests that set their timer anew each time make them. */
    private static final int JITTER_PART = 64;

    private final TraceFacts facts;
    private final Symbols symbols;
    private final long began;

    private IterationTrace(TraceFacts facts, Symbols symbols) {
        this.facts = facts;
        this.symbols = symbols;
        this.began = facts.delays().get(FROM - 1);
    }

    /**
     * The schedule of a batch to be traced.
     *
     * @param period instructions between ticks, as the target's manifest has it
     * @param delay of the traced iteration, in instructions; {@value #SHORTEST_DELAY} or more, and well below the period
     */
    public static Schedule schedule(int shift, long period, long delay) {
        return Schedule.listed(shift, List.of(period + period / 4, delay, delay), Align.TICK);
    }

    /**
     * @param facts of a replay of such a batch, with places kept from delay {@link #FROM} to {@link #TO}
     * @param symbols names for what the emulator has no names for
     * @throws IOException when they do not hold an iteration, with the reason
     */
    public static TestTrace of(TraceFacts facts, Schedule schedule, Symbols symbols) throws IOException {
        if (facts.delays().size() < TO) {
            throw new IOException("of three delays " + facts.delays().size() + " were seen to end, in "
                    + facts.executed() + " instructions");
        }
        if (!facts.lost().isEmpty()) {
            throw new IOException(facts.lost());
        }
        return new IterationTrace(facts, symbols).trace(schedule.delays().get(FROM - 1));
    }

    private TestTrace trace(long delay) throws IOException {
        List<Long> ticks = timer();
        long period = period(ticks);
        long aligned = before(ticks, began);
        return places(period, began - aligned - delay, delay, known(ticks, aligned, period));
    }

    /** When the timer ticked. Its vector is that of the interrupt that came last in the first delay. */
    private List<Long> timer() throws IOException {
        long end = facts.delays().get(0);
        int vector = -1;
        for (PluginLine.Interrupt each : facts.interrupts()) {
            vector = each.count() < end ? each.vector() : vector;
        }
        int of = vector;
        List<Long> ticks = facts.interrupts().stream()
                .filter(each -> each.vector() == of)
                .map(PluginLine.Interrupt::count)
                .toList();
        if (ticks.size() < 3) {
            throw new IOException("the guest's timer ticked " + ticks.size() + " times");
        }
        return ticks;
    }

    /** Between the last two ticks before the first delay's end: one lies in it, the delay was aligned to the other. */
    private long period(List<Long> ticks) throws IOException {
        long last = before(ticks, facts.delays().get(0));
        return last - before(ticks, last);
    }

    private static long before(List<Long> ticks, long count) throws IOException {
        return ticks.stream()
                .mapToLong(Long::longValue)
                .filter(tick -> tick < count)
                .max()
                .orElseThrow(() -> new IOException("no tick was seen before instruction " + count));
    }

    /** Up to the tick that the next iteration was aligned to, or to the one that ended the first halt: fewer instructions from tick to tick. */
    private int known(List<Long> ticks, long aligned, long period) {
        long end = facts.delays().get(TO - 1);
        long previous = aligned;
        long known = 0;
        for (long tick : ticks) {
            if (tick > began && tick < end) {
                known = tick - began;
                if (Math.abs(tick - previous - period) > period / JITTER_PART) {
                    break;
                }
                previous = tick;
            }
        }
        return (int) Math.min(known, Integer.MAX_VALUE);
    }

    private TestTrace places(long period, long lead, long delay, int known) {
        PlaceKinds kinds = new PlaceKinds(facts.rows());
        Map<Place, Visits> places = new LinkedHashMap<>();
        int blind = 0;
        for (PluginLine.Row row : facts.rows()) {
            PluginLine.Context context = facts.context(row.context());
            Place.Context kept = new Place.Context(
                    context.privilege() == 0 ? 0 : context.space(), // all spaces share the kernel
                    context.vector(),
                    context.call(),
                    context.depth(),
                    context.privilege(),
                    context.fresh());
            String symbol = name(row);
            Place.Kind kind = kinds.of(row, context, symbol);
            long pc = row.pc();
            for (int i = 0; i < row.sizes().length; i++) {
                long first = row.first() - began + i;
                if (i == 0 && context.blind()) {
                    blind += first < known ? 1 : 0;
                } else if (first < known) {
                    places.merge(new Place(pc, kept, kind, symbol), visits(row, i, known), Visits::and);
                }
                pc += row.sizes()[i];
            }
        }
        List<Visits> visits = new ArrayList<>(places.values());
        return new TestTrace(period, lead, delay, known, blind, List.copyOf(places.keySet()), visits);
    }

    /** Of a row's i-th instruction, as far as they are known: an execution behind that counts as the one before it. */
    private Visits visits(PluginLine.Row row, int i, int known) {
        int first = (int) (row.first() - began + i);
        if (row.count() == 1) {
            return Visits.once(first);
        }
        long second = row.second() - began + i;
        long last = row.last() - began + i;
        return second >= known
                ? Visits.once(first)
                : new Visits(row.count(), first, (int) second, (int) (last < known ? last : second));
    }

    private String name(PluginLine.Row row) {
        if (!row.symbol().isEmpty()) {
            return row.symbol();
        }
        Symbols.Place place = symbols.at(row.pc());
        return place == null ? "" : place.symbol();
    }
}
