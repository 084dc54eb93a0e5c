package io.bohrwerk.emulator.trace;

import io.bohrwerk.emulator.plugin.PluginLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Takes in what the plugin tells of a replay. Filled by one thread, read by others once that has ended. */
public final class TraceFacts implements Consumer<PluginLine> {
    /** The plugin's own bound, several times. An emulator that was taken over may write on and on. */
    private static final int MOST_LINES = 4_000_000;

    private final Runnable ended;
    private final List<Long> delays = new ArrayList<>();
    private final List<PluginLine.Interrupt> interrupts = new ArrayList<>();
    private final Map<Integer, PluginLine.Context> contexts = new HashMap<>();
    private final List<PluginLine.Row> rows = new ArrayList<>();
    private int lines;
    private long executed;
    private long dropped;
    private boolean overflow;
    private volatile boolean complete;

    /** @param ended called once the last line has come */
    public TraceFacts(Runnable ended) {
        this.ended = ended;
    }

    @Override
    public void accept(PluginLine line) {
        if (++lines > MOST_LINES) {
            throw new IllegalStateException("the plugin wrote more than " + MOST_LINES + " lines");
        }
        if (line instanceof PluginLine.Delay delay) {
            delays.add(delay.count());
        } else if (line instanceof PluginLine.Interrupt interrupt) {
            interrupts.add(interrupt);
        } else if (line instanceof PluginLine.Context context) {
            contexts.put(context.number(), context);
        } else if (line instanceof PluginLine.Row row) {
            rows.add(row);
        } else if (line instanceof PluginLine.Dropped drop) {
            dropped = drop.count();
        } else if (line instanceof PluginLine.Overflow) {
            overflow = true;
        } else if (line instanceof PluginLine.End end) {
            executed = end.count();
            complete = true;
            ended.run();
        }
    }

    /** Whether the last line has come. */
    public boolean complete() {
        return complete;
    }

    /** How many instructions were completed. */
    public long executed() {
        return executed;
    }

    /** When the batch's delays ended, in instructions; in their order. */
    public List<Long> delays() {
        return delays;
    }

    /** Of devices, in their order. */
    public List<PluginLine.Interrupt> interrupts() {
        return interrupts;
    }

    /** For each delay that ended, the interrupts after it and before the next delay's end, counted from its end. */
    public List<List<PluginLine.Interrupt>> afterDelays() {
        List<List<PluginLine.Interrupt>> after = new ArrayList<>();
        for (int i = 0; i < delays.size(); i++) {
            long from = delays.get(i);
            long to = i + 1 < delays.size() ? delays.get(i + 1) : Long.MAX_VALUE;
            after.add(interrupts.stream()
                    .filter(each -> each.count() >= from && each.count() < to)
                    .map(each ->
                            new PluginLine.Interrupt(each.vector(), each.count() - from, each.pc(), each.privilege()))
                    .toList());
        }
        return after;
    }

    List<PluginLine.Row> rows() {
        return rows;
    }

    PluginLine.Context context(int number) {
        PluginLine.Context context = contexts.get(number);
        if (context == null) {
            throw new IllegalStateException("the plugin did not tell of context " + number);
        }
        return context;
    }

    /** What could not be kept, as a clause; empty when all was. */
    String lost() {
        return overflow
                ? "the guest has more code than can be traced"
                : dropped > 0 ? dropped + " executions had no room" : "";
    }
}
