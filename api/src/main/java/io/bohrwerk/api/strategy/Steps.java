package io.bohrwerk.api.strategy;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Delays after the tick in steps, for one shift after another. They are aligned because only then a delay is a phase: without the wait
 * each iteration would start where the one before it happened to end.
 *
 * @param length how many of the period's last instructions are gone through; more than the period counts as the period
 * @param step instructions from one place to the next
 */
record Steps(List<Integer> shifts, long length, long step) {
    private static final long LARGEST_32_BIT = 0xffff_ffffL;

    static void requireStep(long step) {
        require(
                step >= 1 && step <= LARGEST_32_BIT,
                "step",
                step,
                "must be between 1 and 2^32 - 1 instructions: a step of 0 would stay at one place");
    }

    static void requireLength(long length) {
        require(
                length >= 1 && length <= LARGEST_32_BIT,
                "length",
                length,
                "must be between 1 and 2^32 - 1 instructions, the longest delay of an agent");
    }

    /** The part of the period of one shift. */
    static long within(long length, int shift, VirtualTime timerPeriod) {
        return Math.min(length, timerPeriod.instructions(shift));
    }

    private long places(int shift, VirtualTime timerPeriod) {
        return (within(length, shift, timerPeriod) + step - 1) / step;
    }

    long places(VirtualTime timerPeriod) {
        return shifts.stream().mapToLong(shift -> places(shift, timerPeriod)).sum();
    }

    /** The places from {@code place} on, up to the end of its shift's. */
    Plan from(long place, VirtualTime timerPeriod) {
        long rest = place;
        for (int arm = 0; arm < shifts.size(); arm++) {
            int shift = shifts.get(arm);
            long here = places(shift, timerPeriod);
            if (rest < here) {
                long base = timerPeriod.instructions(shift) - within(length, shift, timerPeriod);
                long left = here - rest;
                // As wide as what is left, so that no multiple of the step comes round.
                long window = Math.min(left * step, LARGEST_32_BIT);
                Schedule schedule = new Schedule(shift, base + rest * step, step, window, 0, Align.TICK);
                return new Plan(schedule, arm, left);
            }
            rest -= here;
        }
        throw new IllegalArgumentException("place " + place + " is past the last");
    }

    List<Arm> arms(VirtualTime timerPeriod) {
        List<Arm> arms = new ArrayList<>();
        for (int shift : shifts) {
            long here = within(length, shift, timerPeriod);
            arms.add(new Arm(Arm.Kind.STEPPED, shift, timerPeriod.instructions(shift) - here, here));
        }
        return arms;
    }
}
