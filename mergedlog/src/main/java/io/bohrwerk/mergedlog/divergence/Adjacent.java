package io.bohrwerk.mergedlog.divergence;

import static io.bohrwerk.protocol.InvalidInputException.present;

import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two schedules that differ by a single instruction of delay, one of which fails: what lies between is the bug's window.
 *
 * @param summary one line for people: the window, or why none was found
 * @param window null when none was found
 * @param runs batches that were run for it
 * @param millis host time that it took
 */
public record Adjacent(String summary, @Nullable Window window, int runs, long millis) {
    public Adjacent {
        present(summary, "summary");
    }

    /**
     * Delays that fail, one next to the other, with those on either side that pass. Each is the delay of a batch of one iteration from
     * the failure's own snapshot at its own speed, after a timer interrupt that the agent waits for.
     *
     * @param schedule of the shortest delay that fails
     * @param failsFrom that delay; one instruction less passes
     * @param failsTo the longest delay that fails; one more passes
     * @param vector of the interrupt whose place makes the difference; null when the traces do not tell
     * @param places where that interrupt comes, for each of the delays that were traced
     * @param divergence between the shortest delay that fails and the one below it
     */
    public record Window(
            Schedule schedule,
            long failsFrom,
            long failsTo,
            @Nullable Integer vector,
            List<Place> places,
            Divergence divergence) {
        public Window {
            present(schedule, "schedule");
            places = List.copyOf(present(places, "places"));
            present(divergence, "divergence");
        }
    }

    /** @param arrival of the interrupt that makes the difference; null when it does not come in that iteration */
    public record Place(long delay, boolean fails, @Nullable Arrival arrival) {}
}
