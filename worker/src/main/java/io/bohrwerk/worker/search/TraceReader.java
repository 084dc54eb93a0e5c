package io.bohrwerk.worker.search;

import com.github.luben.zstd.ZstdInputStream;
import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.mergedlog.LogEntry;
import io.bohrwerk.mergedlog.LogParser;
import io.bohrwerk.mergedlog.LogShape;
import io.bohrwerk.mergedlog.divergence.Arrival;
import io.bohrwerk.mergedlog.elf.Symbols;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the interrupts and exceptions of each iteration out of a merged log. The agent must have reported every iteration: only its words
 * tell where one ends.
 */
final class TraceReader implements LogParser.Sink {
    /** Of an iteration; the last of a longer one are not looked at. Some 200 bytes each. */
    private static final int MOST_ARRIVALS = 20_000;

    /** The agent's delay, see {@code emulator/guest/bohrwerk.c}. */
    private static final String SPIN = "bw_spin";
    /** All functions of the agent's begin so. */
    private static final String AGENT = "bw_";
    /** Where a bare guest waits for the timer that a delay begins at. */
    private static final String AWAIT_TICK = "bare_await_tick";

    private final Symbols symbols;
    private final Map<Long, Trace> traces = new HashMap<>();
    private long iteration = 1;

    private TraceReader(Symbols symbols) {
        this.symbols = symbols;
    }

    /** The arrivals of one iteration. Those from outside that came while the agent waited are counted and left out. */
    static final class Trace {
        private final List<Arrival> arrivals = new ArrayList<>();
        private long inDelays;
        private boolean inSpin;
        private boolean cut;

        List<Arrival> arrivals() {
            return arrivals;
        }

        long inDelays() {
            return inDelays;
        }

        /** Whether one came in the delay itself, not in the wait before it. */
        boolean inSpin() {
            return inSpin;
        }

        boolean cut() {
            return cut;
        }

        private void add(Arrival arrival) {
            String function = function(arrival);
            if (arrival.fromOutside() && (function.startsWith(AGENT) || function.equals(AWAIT_TICK))) {
                inDelays++;
                inSpin |= function.equals(SPIN);
            } else if (arrivals.size() < MOST_ARRIVALS) {
                arrivals.add(arrival);
            } else {
                cut = true;
            }
        }

        private static String function(Arrival arrival) {
            String symbol = arrival.symbol();
            return symbol == null ? "" : symbol.substring(0, symbol.indexOf('+'));
        }
    }

    /**
     * By iteration. What comes before the first word of the agent's counts as the first iteration's, so in a log that begins in the middle
     * of a batch the first one that is named is not whole.
     *
     * @param log a merged log, zstd
     */
    static Map<Long, Trace> read(Path log, Symbols symbols) throws IOException {
        TraceReader reader = new TraceReader(symbols);
        LogParser parser = new LogParser(reader);
        try (InputStream in = new ZstdInputStream(Files.newInputStream(log))) {
            byte[] buffer = new byte[64 << 10];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                parser.feed(buffer, 0, n);
            }
        }
        parser.finish();
        return reader.traces;
    }

    @Override
    public void emulator(LogShape shape, byte[] bytes, int from, int to, long offset) {
        if (LogEntry.of(shape, bytes, from, to) instanceof LogEntry.Interrupt interrupt) {
            LogEntry.Frame frame = interrupt.frame();
            traces.computeIfAbsent(iteration, i -> new Trace())
                    .add(Arrival.of(interrupt, frame == null ? null : symbols.at(frame.pc())));
        }
    }

    @Override
    public void guest(byte[] text, int length, long[] offsets, int[] lengths, int pieces) {
        String line = new String(text, 0, length, StandardCharsets.UTF_8).stripTrailing();
        if (AgentLine.parse(line).orElse(null) instanceof AgentLine.Pass pass) {
            iteration = pass.iteration() + 1;
        } else if (AgentLine.parse(line).orElse(null) instanceof AgentLine.Fail fail) {
            iteration = fail.iteration() + 1; // what follows belongs to no iteration
        }
    }
}
