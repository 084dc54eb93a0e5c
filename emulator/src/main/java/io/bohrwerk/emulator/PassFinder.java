package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.qemu.Deadline;
import io.bohrwerk.emulator.qemu.MachineFile;
import io.bohrwerk.emulator.qemu.QemuSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays a recording with many stops and notes at each how many iterations have passed. The consoles are plain files: at a stop they hold
 * exactly what the guest had printed by that instruction, which a pipe and its reader could not guarantee.
 */
final class PassFinder {
    /** Each costs about a millisecond; half a percent of a batch is logged too much at either end of a window. */
    private static final int STOPS = 200;

    private final QemuSession emulator;
    private final BatchRun run;
    private final Path console;
    private final Deadline deadline;
    private int line;

    /** @param emulator writes its consoles to files */
    PassFinder(QemuSession emulator, BatchRun run, Path console, Duration limit) {
        this.emulator = emulator;
        this.run = run;
        this.console = console;
        this.deadline = Deadline.in(limit);
    }

    Passes run() throws InfrastructureException, IOException {
        long first = emulator.instructionCount();
        if (first != run.firstInstruction()) {
            throw ReplayWatch.otherStart(run.firstInstruction(), first);
        }
        List<Passes.Mark> marks = new ArrayList<>();
        marks.add(new Passes.Mark(first, 0));
        long step = Math.max(1, run.instructions() / STOPS);
        for (long stop = first + step; stop < run.lastInstruction(); stop += step) {
            emulator.replayTo(stop, deadline);
            marks.add(new Passes.Mark(
                    emulator.instructionCount(),
                    passed(marks.get(marks.size() - 1).passed())));
        }
        marks.add(new Passes.Mark(run.lastInstruction(), run.iterations()));
        return new Passes(marks, run.iterations());
    }

    /** The last iteration reported, given the one that had been at the look before. */
    private long passed(long before) throws IOException {
        long passed = before;
        String text = new String(MachineFile.head(console, MachineFile.LONGEST_CONSOLE), StandardCharsets.ISO_8859_1);
        int end = text.lastIndexOf('\n') + 1;
        for (String said : text.substring(Math.min(line, end), end).split("\n")) {
            if (AgentLine.parse(said.stripTrailing()).orElse(null) instanceof AgentLine.Pass pass) {
                passed = pass.iteration();
            }
        }
        line = end;
        return passed;
    }
}
