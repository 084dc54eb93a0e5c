package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.traced.TracedPlan;
import java.util.List;

/**
 * What a job's next schedule may depend on besides its own words.
 *
 * @param number of the next batch in its job, from 0
 * @param place the first of the places that are to be tried next, for strategies that go through places
 * @param counts what was counted so far, one for each arm, for strategies that learn; empty for others
 * @param places how many places a trace found; {@link Long#MAX_VALUE} as long as nobody knows
 * @param plans of the traced strategy, one for each arm; empty for others, and where only the number of places is asked for
 * @param most iterations that the batch may have, for strategies that write out each one
 */
public record Progress(long number, long place, List<ArmCount> counts, long places, List<TracedPlan> plans, long most) {
    public Progress {
        counts = List.copyOf(counts);
        plans = List.copyOf(plans);
    }

    /** For strategies that need no trace. */
    public Progress(long number, long place, List<ArmCount> counts) {
        this(number, place, counts, Long.MAX_VALUE, List.of(), Long.MAX_VALUE);
    }

    /** For strategies that neither learn nor go through places. */
    public static Progress at(long number) {
        return new Progress(number, 0, List.of());
    }
}
