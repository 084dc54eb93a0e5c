package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.Arrays;
import java.util.List;

/**
 * What one iteration of a test executed, as far as a timer interrupt can be put there by choosing the delay before it.
 *
 * <p>Offsets count instructions from the end of the delay, without those of the timer's handler where a tick came in between. A test that
 * halts is known up to its first halt: what follows that is a fixed time behind the tick that ends it, whatever the delay.
 */
public final class TestTrace {
    /** In place of a place, at offsets where the CPU takes no interrupt: behind {@code sti} and {@code mov ss}. */
    public static final int BLIND = -1;

    private final long period;
    private final long lead;
    private final long handler;
    private final List<Place> places;
    private final int[] at;

    /**
     * @param period instructions from one tick to the next, when the CPU never halts; at least 1
     * @param lead instructions from a tick to the end of a delay of 0 that was aligned to it
     * @param handler instructions of the timer's handler; less than {@code period}
     * @param places without repetition
     * @param at for each offset the index of its place, or {@link #BLIND}
     */
    public TestTrace(long period, long lead, long handler, List<Place> places, int[] at) {
        require(period >= 1, "period", period, "must be at least 1");
        require(lead >= 0 && lead < period, "lead", lead, "must be at least 0 and below the period");
        require(handler >= 0 && handler < period, "handler", handler, "must be at least 0 and below the period");
        this.period = period;
        this.lead = lead;
        this.handler = handler;
        this.places = List.copyOf(places);
        this.at = at.clone();
        for (int place : at) {
            require(place >= BLIND && place < places.size(), "at", place, "must be an index of a place");
        }
    }

    public long period() {
        return period;
    }

    public long lead() {
        return lead;
    }

    public long handler() {
        return handler;
    }

    public List<Place> places() {
        return places;
    }

    /** How many instructions are known. */
    public int length() {
        return at.length;
    }

    /** Index of the place at an offset, or {@link #BLIND}. */
    public int at(int offset) {
        return at[offset];
    }

    /**
     * The same with ticks that land later by some instructions than was thought: what the timer's handler does may depend on what the test
     * did before it.
     *
     * @param late negative when they land earlier
     */
    public TestTrace corrected(long late) {
        return new TestTrace(period, lead - late, handler, places, at);
    }

    /** Instructions of the test from one tick to the next. */
    public long stride() {
        return period - handler;
    }

    /**
     * The delay that lets the first tick after it land at an offset: {@code period - lead - offset}, and one period later, with one more
     * run of the handler inside the delay, where that is negative.
     *
     * @param offset below {@link #stride}
     */
    public long delayFor(long offset) {
        require(offset >= 0 && offset < stride(), "offset", offset, "must be at least 0 and below the stride");
        long delay = period - lead - offset;
        return delay >= 0 ? delay : delay + stride();
    }

    @Override
    public String toString() {
        return String.format(
                "%d instructions, %d places, %d instructions a period, %d from the tick to the delay's end, handler %d",
                at.length, places.size(), period, lead, handler);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TestTrace other
                && period == other.period
                && lead == other.lead
                && handler == other.handler
                && places.equals(other.places)
                && Arrays.equals(at, other.at);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(at);
    }
}
