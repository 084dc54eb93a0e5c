package io.bohrwerk.mergedlog.divergence;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a failing iteration and a passing one went apart.
 *
 * @param summary one line for people
 * @param sameBefore arrivals before {@code rows}, the same on both sides
 * @param first index of the first row that differs; null when none does
 * @param firstOfGuest index of the first row that differs by the guest's own doing, not by when a device spoke; null when none of those
 *     shown does
 */
public record Divergence(
        String summary,
        Side failing,
        Side passing,
        long sameBefore,
        List<Row> rows,
        @Nullable Integer first,
        @Nullable Integer firstOfGuest) {
    public Divergence {
        present(summary, "summary");
        present(failing, "failing");
        present(passing, "passing");
        rows = List.copyOf(present(rows, "rows"));
    }

    /** How the passing iteration is near the failing one. */
    public enum Nearness {
        /** The iteration before it, in the same batch. */
        SAME_BATCH,
        /** The first of a batch whose delay is one instruction off. */
        ADJACENT_SCHEDULE
    }

    /**
     * One of the two iterations.
     *
     * @param schedule of the batch that it was run in
     * @param iteration number in that batch, from 1
     * @param outcome of the iteration
     * @param arrivals interrupts and exceptions in it, those in delays apart
     * @param inDelays interrupts that came while the agent waited, and are left out: how many there are is the schedule's doing
     * @param cut whether there were more than were read
     */
    public record Side(
            Nearness nearness,
            Schedule schedule,
            long iteration,
            Outcome outcome,
            long arrivals,
            long inDelays,
            boolean cut) {}

    /** Two arrivals side by side; null where a side has none. */
    public record Row(@Nullable Arrival failing, @Nullable Arrival passing) {
        /** Whether both sides are the same. */
        @JsonProperty(access = JsonProperty.Access.READ_ONLY)
        public boolean same() {
            return failing != null && failing.equals(passing);
        }

        /** Whether the guest itself went another way here. */
        @JsonIgnore
        boolean differsByItself() {
            return !same()
                    && (failing == null || !failing.fromOutside())
                    && (passing == null || !passing.fromOutside());
        }
    }

    /** Finds it out from both sides' arrivals. */
    public static Divergence of(Side failing, List<Arrival> inFailing, Side passing, List<Arrival> inPassing) {
        Alignment.Rows rows = Alignment.of(inFailing, inPassing);
        Integer first = rows.first();
        return new Divergence(
                first == null
                        ? "the interrupts and exceptions of both iterations are the same"
                        : summary(rows.rows().get(first)),
                failing,
                passing,
                rows.sameBefore(),
                rows.rows(),
                first,
                rows.firstOfGuest());
    }

    private static String summary(Row row) {
        Arrival failing = row.failing();
        Arrival passing = row.passing();
        if (failing == null || passing == null) {
            Arrival only = present(failing == null ? passing : failing, "row");
            String here = failing == null ? "passing" : "failing";
            String there = failing == null ? "failing" : "passing";
            return only.name() + " comes at " + only.place() + " in the " + here + " iteration, and not in the " + there
                    + " one";
        }
        if (failing.vector() != passing.vector() || failing.cause() != passing.cause()) {
            return failing.name() + " comes at " + failing.place()
                    + " in the failing iteration; in the passing one it is " + passing.name() + " at "
                    + passing.place();
        }
        return failing.name() + " comes "
                + (failing.ip().equals(passing.ip())
                        ? "at " + failing.place() + ", on another stack: " + failing.sp() + " and " + passing.sp()
                        : "at " + failing.place() + " in the failing iteration, at " + passing.place()
                                + " in the passing one");
    }
}
