package io.bohrwerk.api.strategy;

import java.util.List;

/**
 * What a job's next schedule may depend on besides its own words.
 *
 * @param number of the next batch in its job, from 0
 * @param place the first of the places that are to be tried next, for strategies that go through places
 * @param counts what was counted so far, one for each arm, for strategies that learn; empty for others
 */
public record Progress(long number, long place, List<ArmCount> counts) {
    public Progress {
        counts = List.copyOf(counts);
    }

    /** For strategies that neither learn nor go through places. */
    public static Progress at(long number) {
        return new Progress(number, 0, List.of());
    }
}
