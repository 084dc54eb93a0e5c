package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * Frequencies between which an agent can set its guest's timer; in a manifest a list of both.
 *
 * @param least interrupts a second; at least 1
 * @param most at least {@code least}, at most 1,000,000
 */
public record HertzRange(int least, int most) {
    private static final int LARGEST = 1_000_000;

    public HertzRange {
        require(
                least >= 1 && least <= most && most <= LARGEST,
                "timerHz",
                List.of(least, most),
                "must be two numbers from 1 to " + LARGEST + ", the smaller one first");
    }

    @JsonCreator
    static HertzRange of(List<Integer> both) {
        require(
                present(both, "timerHz").size() == 2,
                "timerHz",
                both,
                "must be two numbers: the lowest and the highest frequency, as [100, 1000]");
        return new HertzRange(present(both.get(0), "timerHz"), present(both.get(1), "timerHz"));
    }

    /** As a manifest has it. */
    @JsonValue
    List<Integer> both() {
        return List.of(least, most);
    }

    /** Whether a frequency is within. */
    public boolean holds(int hertz) {
        return hertz >= least && hertz <= most;
    }
}
