package io.bohrwerk.emulator.script;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.ConsoleScript;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;

/**
 * The line by which a batch is started on a guest's serial console: seven digits and a newline.
 *
 * <p>It must not be longer. The snapshot that batches start from has the serial port's queue set to a trigger level of 8 bytes, so all of the
 * line is in the queue before the machine runs on, and the guest meets it at one and the same instruction in each run. A ninth byte would
 * come when QEMU's main loop has seen that there is room, in the host's time (hw/char/serial.c, {@code serial_can_receive}).
 *
 * <p>Digits are of base 64: two for the iterations; one that is 0 for a fixed delay, or 1 + the icount shift for delays drawn over one
 * timer period; four for the delay in turns of the shell's loop, or for the seed of the draws.
 */
public final class LoopInput {
    static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";
    private static final int LARGEST_NUMBER = (1 << 24) - 1;

    private LoopInput() {}

    /**
     * The line for a batch.
     *
     * @throws io.bohrwerk.protocol.InvalidInputException when the line cannot say this batch
     */
    public static String of(TargetManifest manifest, Schedule schedule, int iterations, int reportEvery) {
        TargetTest test = manifest.test();
        require(
                iterations >= 1 && iterations <= ConsoleScript.MOST_ITERATIONS,
                "iterations",
                iterations,
                "must be between 1 and " + ConsoleScript.MOST_ITERATIONS + " for a target of the driver console");
        require(
                reportEvery == Math.min(test.reportEvery(), iterations),
                "reportEvery",
                reportEvery,
                "must be the target's, " + test.reportEvery() + ", or all iterations where these are fewer");
        require(
                schedule.align() == Align.NONE,
                "schedule.align",
                schedule.align().word(),
                "must be none for a target of the driver console: a shell does not see the timer's interrupts");
        long period = manifest.machine().timerPeriod().instructions(schedule.shift());
        boolean drawn = schedule.window() == period && schedule.delay() == 0 && schedule.seed() != 0;
        require(
                drawn || schedule.window() == 0,
                "schedule.window",
                schedule.window(),
                "must be none, or one timer period of " + period
                        + " instructions with a seed and no delay, for a target of the driver console");
        int spin = test.console().orElseThrow().loop().spinInstructions();
        long number = drawn ? seed(schedule) : schedule.delay() / spin;
        require(
                number <= LARGEST_NUMBER,
                "schedule.delay",
                schedule.delay(),
                "must be at most " + (long) LARGEST_NUMBER * spin + " for this target, whose shell's loop takes " + spin
                        + " instructions a turn");
        return digits(iterations, 2) + digits(drawn ? 1 + schedule.shift() : 0, 1) + digits(number, 4) + "\n";
    }

    /** Of the guest's own draws. Seeds that differ give others, but for one pair in sixteen million. */
    private static long seed(Schedule schedule) {
        return Delays.splitmix64(schedule.seed()) & LARGEST_NUMBER;
    }

    private static String digits(long number, int count) {
        StringBuilder digits = new StringBuilder();
        for (int i = count - 1; i >= 0; i--) {
            digits.append(DIGITS.charAt((int) (number >> (6 * i) & 63)));
        }
        return digits.toString();
    }
}
