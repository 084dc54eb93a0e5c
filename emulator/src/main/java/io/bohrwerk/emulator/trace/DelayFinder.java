package io.bohrwerk.emulator.trace;

import io.bohrwerk.protocol.schedule.Schedule;

/**
 * Tells where the delays of a schedule with listed delays end, from the instructions that are executed. A delay is known by its shape:
 * {@code bw_spin} executes 14 one-byte nops and two more instructions in a loop, as often as the delay has sixteens, in any guest. Delays
 * below {@value #SHORTEST} are taken for others that the agent has need of.
 */
final class DelayFinder {
    /** Instructions. What an agent counts for its own ends is shorter. */
    static final int SHORTEST = 640;

    private static final int LOOP = 16;
    private static final int NOPS = 14;

    private final Schedule schedule;
    private final long[] recent = new long[LOOP];
    private long followed;
    /** How many of the last instructions were the same as 16 before. */
    private long inLoop;

    private int ended;

    DelayFinder(Schedule schedule) {
        this.schedule = schedule;
    }

    /**
     * Takes in the next instruction.
     *
     * @param pc outside of interrupts' handlers
     * @return whether it is the first one behind a delay
     */
    boolean endedBefore(long pc) {
        int slot = (int) (followed++ % LOOP);
        boolean end = false;
        if (recent[slot] == pc) {
            inLoop++;
        } else {
            long loops = ended < schedule.delays().size() ? schedule.delays().get(ended) / LOOP : Long.MAX_VALUE;
            end = inLoop == LOOP * (loops - 1) && nopsInLoop();
            ended += end ? 1 : 0;
            inLoop = 0;
        }
        recent[slot] = pc;
        return end;
    }

    /** How many delays have ended. */
    int ended() {
        return ended;
    }

    /** Whether a delay, or another loop of such a length, is under way. */
    boolean inside() {
        return inLoop > LOOP;
    }

    private boolean nopsInLoop() {
        int neighbours = 0;
        for (int i = 0; i < LOOP; i++) {
            neighbours += recent[(i + 1) % LOOP] == recent[i] + 1 ? 1 : 0;
        }
        return neighbours >= NOPS;
    }
}
