package io.bohrwerk.emulator.conformance;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.plugin.PluginLine.Interrupt;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs short batches of one target and counts their instructions. A batch that was counted once is not run again. */
final class Counter {
    /** What a guest's own word against a batch begins with. */
    static final String SAID = "the agent said";

    private final Machine machine;
    private final Path ready;
    private final int reportEvery;
    private final Map<Schedule, Count> counted = new HashMap<>();
    private int iterations;

    /**
     * What one batch took.
     *
     * @param instructions of the whole batch; 0 when it did not pass
     * @param stopped whether the guest stopped the machine; else the host did, some time later
     * @param refusal why it did not pass, as a clause; null when it did
     */
    record Count(
            long instructions, boolean stopped, @Nullable String refusal) {
        boolean passed() {
            return refusal == null;
        }
    }

    /** @param reportEvery 0 for only one report, at the batch's end */
    Counter(Machine machine, Path ready, int iterations, int reportEvery) {
        this.machine = machine;
        this.ready = ready;
        this.iterations = iterations;
        this.reportEvery = reportEvery;
    }

    int iterations() {
        return iterations;
    }

    /** From here on batches have so many iterations. */
    void shorten(int fewer) {
        iterations = fewer;
        counted.clear();
    }

    Count count(Schedule schedule) throws InfrastructureException {
        Count known = counted.get(schedule);
        if (known == null) {
            known = again(schedule);
            counted.put(schedule, known);
        }
        return known;
    }

    /** Counts it whether or not it was counted before. */
    Count again(Schedule schedule) throws InfrastructureException {
        int report = reportEvery == 0 ? iterations : Math.min(reportEvery, iterations);
        try {
            return of(machine.run(ready, new Batch(schedule, iterations, report), passed -> {}));
        } catch (InfrastructureException e) {
            return new Count(0, false, refusal(e));
        }
    }

    private static Count of(BatchRun run) {
        return run.outcome() == Outcome.PASSED
                ? new Count(run.instructions(), run.stoppedByGuest(), null)
                : new Count(0, false, "iteration " + run.iterations() + " was " + run.outcome() + ": " + run.reason());
    }

    /**
     * When devices interrupt a batch of one iteration.
     *
     * @param most instructions that are looked at
     */
    List<Interrupt> interrupts(Schedule schedule, long most) throws InfrastructureException {
        Batch batch = new Batch(schedule, 1, 1);
        BatchRun run = machine.run(ready, batch, passed -> {});
        return machine.tracing().interrupts(ready, batch, run.recording(), most);
    }

    /** The iterations that a batch reports as passed, when asked to report every so many; null when it does not pass. */
    @Nullable
    List<Long> reports(Schedule schedule, int count, int every) throws InfrastructureException {
        BatchRun run = machine.run(ready, new Batch(schedule, count, every), passed -> {});
        if (run.outcome() != Outcome.PASSED) {
            return null;
        }
        List<Long> passes = new ArrayList<>();
        run.report()
                .lines()
                .filter(line -> line.matches("@bw pass [0-9]{1,18}"))
                .forEach(line -> passes.add(Long.parseLong(line.substring("@bw pass ".length()))));
        return passes;
    }

    /**
     * What a guest said against a batch, as a clause.
     *
     * @throws InfrastructureException the same when it was not the guest's word: the guest is not blamed for it
     */
    static String refusal(InfrastructureException e) throws InfrastructureException {
        if (e.kind() != InfrastructureTrouble.AGENT_PROTOCOL) {
            throw e;
        }
        String message = String.valueOf(e.getMessage());
        return message.startsWith(SAID) ? message : "it does not say '@bw serves' for it";
    }
}
