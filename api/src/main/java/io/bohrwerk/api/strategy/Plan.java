package io.bohrwerk.api.strategy;

import io.bohrwerk.protocol.schedule.Schedule;

/**
 * A batch to come.
 *
 * @param arm its index among {@link Strategy#arms}
 * @param most iterations that the schedule is good for; {@link Long#MAX_VALUE} for any number
 */
public record Plan(Schedule schedule, int arm, long most) {
    static Plan of(Schedule schedule, int arm) {
        return new Plan(schedule, arm, Long.MAX_VALUE);
    }
}
