package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.List;
import java.util.Objects;

/**
 * What one iteration of a test executed, as far as a timer interrupt can be put there by choosing the delay before it.
 *
 * <p>Offsets count instructions from the end of the delay, those of interrupts' handlers included. A test that halts is known up to its first
 * halt: what follows is a fixed time behind the tick that ends it, whatever the delay.
 */
public final class TestTrace {
    private final long period;
    private final long lead;
    private final long delay;
    private final int length;
    private final int blind;
    private final List<Place> places;
    private final List<Visits> visits;

    /**
     * @param period instructions from one tick to the next, when the CPU never halts; at least 1
     * @param lead instructions from a tick to the end of a delay of 0 that was aligned to it; less than {@code period}
     * @param delay of the traced iteration
     * @param length how many instructions are known
     * @param blind how many instructions no interrupt can be put on: behind {@code sti} and {@code mov ss}
     * @param places without repetition
     * @param visits of each of them
     */
    public TestTrace(
            long period, long lead, long delay, int length, int blind, List<Place> places, List<Visits> visits) {
        require(period >= 1, "period", period, "must be at least 1");
        require(lead < period, "lead", lead, "must be below the period");
        require(delay >= 0, "delay", delay, "must not be negative");
        require(length >= 0, "length", length, "must not be negative");
        require(places.size() == visits.size(), "visits", visits.size(), "must be as many as places");
        this.period = period;
        this.lead = lead;
        this.delay = delay;
        this.length = length;
        this.blind = blind;
        this.places = List.copyOf(places);
        this.visits = List.copyOf(visits);
    }

    public long period() {
        return period;
    }

    public long lead() {
        return lead;
    }

    /** Of the traced iteration. */
    public long delay() {
        return delay;
    }

    public int length() {
        return length;
    }

    public int blind() {
        return blind;
    }

    public List<Place> places() {
        return places;
    }

    public List<Visits> visits() {
        return visits;
    }

    /**
     * The same with ticks that land later by some instructions than was thought: what the timer's handler does may depend on what the test
     * did before it.
     *
     * @param late negative when they land earlier
     */
    public TestTrace corrected(long late) {
        return new TestTrace(period, lead - late, delay, length, blind, places, visits);
    }

    /**
     * The delay that lets a tick land at an offset: from the traced iteration's on, and less than a period longer. So as many ticks come
     * before that offset as did when it was traced, and what their handlers executed is in it.
     */
    public long delayFor(long offset) {
        require(offset >= 0, "offset", offset, "must not be negative");
        return delay + period - 1 - Math.floorMod(lead + delay + offset - 1, period);
    }

    /** Which tick lands there after such a delay, from 1; one at the delay's very end is after it. */
    int tickFor(long offset) {
        long ending = lead + delayFor(offset);
        return (int) ((ending + offset) / period - (ending - 1) / period);
    }

    @Override
    public String toString() {
        return String.format(
                "%d instructions, %d places, %d instructions a period, %d from the tick to the delay's end",
                length, places.size(), period, lead);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TestTrace other
                && period == other.period
                && lead == other.lead
                && delay == other.delay
                && length == other.length
                && blind == other.blind
                && places.equals(other.places)
                && visits.equals(other.visits);
    }

    @Override
    public int hashCode() {
        return Objects.hash(period, lead, delay, length, visits);
    }
}
