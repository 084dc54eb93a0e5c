package io.bohrwerk.emulator.trace;

import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.TestTrace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches a batch of three iterations, each aligned to the tick, being executed, and learns what the second of them executes and where
 * ticks fall.
 *
 * <p>The first has a delay longer than the timer's period, so a tick lands in it: from it come the period and the length of the timer's
 * handler. The other two have one short delay.
 */
public final class IterationTracer implements TraceLog.Events {
    /** The first interrupt vector that is no exception. */
    private static final int FIRST_INTERRUPT = 32;
    /** An interrupt's handler that does not return within so many instructions has switched to another thread. */
    private static final int LONGEST_HANDLER = 20_000;

    private static final int LONGEST_TRAP = 20_000;
    private static final int LONGEST_INSTRUCTION = 15;
    /**
     * {@code CF_NOIRQ}: an instruction that hit a watchpoint, tried once more. The first try counted for nothing. The bit is 20 in 7.2.22 and 16
     * in 10.0.2; each has the other one clear in the blocks that are logged here.
     */
    private static final int TRIED_AGAIN = 0x11_0000;
    /** Of the timer's period: how far ticks may lie from it, as guests that set their timer anew each time make them. */
    private static final int JITTER_PART = 64;

    /** What an instruction costs in a log is 63 bytes and a microsecond: 25 s, and 250 MB of memory at most. */
    public static final int MOST_INSTRUCTIONS = 24_000_000;

    private final Schedule schedule;
    private final DelayFinder delays;
    private final Sequence sequence = new Sequence();

    private long logged;
    private long count;
    private long lastPc;
    private long tickAt = -1;
    private int tickVector = -1;
    private @Nullable Return handlerReturn;
    private @Nullable Return trapReturn;

    private long period;
    private long handler;
    private boolean inDelayTick;
    private long lead;
    private int knownAtTick;
    private int reachable = Integer.MAX_VALUE;
    private @Nullable TestTrace trace;

    /** Where an interrupt or a trap goes back to, and when it is given up. */
    private record Return(long pc, int cpl, long until) {}

    /** @param schedule as {@link #schedule} made it */
    public IterationTracer(Schedule schedule) {
        this.schedule = schedule;
        this.delays = new DelayFinder(schedule);
    }

    /**
     * The schedule of a batch to be traced.
     *
     * @param period instructions between ticks, as the target's manifest has it
     * @param delay of the traced iteration, in instructions; 640 or more, so that its loop stands out, and well below the period
     */
    public static Schedule schedule(int shift, long period, long delay) {
        return Schedule.listed(shift, List.of(period + period / 4, delay, delay), Align.TICK);
    }

    /** What the second iteration executed; null when the log did not hold it. */
    public @Nullable TestTrace trace() {
        return trace;
    }

    /** Lines of instructions read. */
    public long logged() {
        return logged;
    }

    @Override
    public boolean enough() {
        return trace != null || logged >= MOST_INSTRUCTIONS;
    }

    @Override
    public void executed(long pc, int cpl, boolean blind, int cflags, TraceLog.Symbol symbol) {
        logged++;
        if (pc == lastPc && (cflags & TRIED_AGAIN) != 0) {
            return;
        }
        if (handlerReturn != null && !returned(handlerReturn, pc, cpl, 0)) {
            count++;
            lastPc = pc;
            return;
        }
        if (handlerReturn != null) {
            if (inDelayTick) {
                handler = count - tickAt;
                inDelayTick = false;
            }
            handlerReturn = null;
        }
        if (trapReturn != null && returned(trapReturn, pc, cpl, LONGEST_INSTRUCTION)) {
            trapReturn = null;
        }
        if (delays.endedBefore(pc)) {
            delayEnded();
        }
        if (delays.ended() == 2) {
            sequence.add(pc, cpl, blind, trapReturn != null, symbol);
        }
        count++;
        lastPc = pc;
    }

    private boolean returned(Return to, long pc, int cpl, int beyond) {
        return (cpl == to.cpl() && pc >= to.pc() && pc <= to.pc() + beyond) || count >= to.until();
    }

    private void delayEnded() {
        if (delays.ended() == 2) {
            lead = count - tickAt - schedule.delays().get(1);
        } else if (delays.ended() == 3 && period > 0) {
            trace = sequence.trace(period, lead, handler, Math.min(knownAtTick, reachable));
        }
    }

    @Override
    public void interrupted(int vector, boolean software, int cpl, long pc) {
        if (!software && vector < FIRST_INTERRUPT && pc == lastPc) {
            count--; // a fault: the instruction is executed again, or never
        }
        if (handlerReturn != null) {
            return; // in the handler of another
        }
        if (software || vector < FIRST_INTERRUPT) {
            trapReturn = new Return(pc, cpl, count + LONGEST_TRAP);
            return;
        }
        handlerReturn = new Return(pc, cpl, count + LONGEST_HANDLER);
        if (delays.inside() && delays.ended() == 0) {
            period = count - tickAt;
            inDelayTick = true;
            tickVector = vector;
        }
        if (tickVector >= 0 && vector != tickVector) {
            return;
        }
        if (delays.ended() == 2) {
            knownAtTick = sequence.length();
            if (Math.abs(count - tickAt - period) > period / JITTER_PART) {
                reachable =
                        Math.min(reachable, knownAtTick); // it has halted: fewer instructions, or a tick was left out
            }
        }
        tickAt = count;
    }
}
