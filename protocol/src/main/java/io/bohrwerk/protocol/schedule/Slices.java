package io.bohrwerk.protocol.schedule;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often the CPUs of a guest take turns. QEMU divides the time to the next timer among them; a timer that the guest does not see, with an
 * interval of some microseconds of the guest's time, makes turns as short. Several beat against each other.
 */
public final class Slices {
    public static final int MOST = 3;
    /** In microseconds. */
    public static final int LONGEST = 999_999;

    private Slices() {}

    /** @param slices microseconds of each timer; null for none, as in messages from before there were slices */
    public static List<Integer> of(String field, @Nullable List<Integer> slices) {
        if (slices == null) {
            return List.of();
        }
        require(slices.size() <= MOST, field, slices, "must be at most " + MOST + " intervals");
        slices.forEach(each -> requireInterval(field, present(each, field)));
        return List.copyOf(slices);
    }

    /** @param slice one interval */
    public static void requireInterval(String field, int slice) {
        require(
                slice >= 1 && slice <= LONGEST,
                field,
                slice,
                "must be between 1 and " + LONGEST + " microseconds of the guest's time");
    }
}
