package io.bohrwerk.emulator.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notes which instructions the timer interrupts: of all interrupts of devices, those of the vector that comes most. */
public final class TickWatch implements TraceLog.Events {
    private static final int FIRST_INTERRUPT = 32;
    private static final int MOST = 1_000_000;

    private final Map<Integer, List<Long>> byVector = new HashMap<>();
    private int seen;

    @Override
    public void executed(long pc, int cpl, boolean blind, int cflags, TraceLog.Symbol symbol) {}

    @Override
    public void interrupted(int vector, boolean software, int cpl, long pc) {
        if (!software && vector >= FIRST_INTERRUPT) {
            byVector.computeIfAbsent(vector, v -> new ArrayList<>()).add(pc);
            seen++;
        }
    }

    @Override
    public boolean enough() {
        return seen >= MOST;
    }

    /** Program counters in the order of the ticks. */
    public List<Long> landings() {
        return byVector.values().stream()
                .max((a, b) -> Integer.compare(a.size(), b.size()))
                .map(List::copyOf)
                .orElse(List.of());
    }
}
