package io.bohrwerk.worker.search;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.worker.failure.FailureManifest;
import io.bohrwerk.worker.work.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for two delays next to each other, one of which fails, from a failure's own snapshot and at its own speed. Every delay here begins
 * at a timer interrupt: so it alone decides where in the test the next one comes, whatever the batch had run before the failure.
 *
 * <ol>
 *   <li>A delay that fails. If the failure's own was aligned, it is that one. Else: in a long delay the timer comes before the test, in a
 *       short one behind it. The shortest delay in which it comes is found in a few batches of {@value #PLACES} delays each; from there
 *       downwards the timer goes through the test instruction by instruction, and batches of delays in a row try each.
 *   <li>That delay by itself, in a batch of one iteration, so that no earlier iteration has to do with it.
 *   <li>From it downwards and upwards in growing steps to a delay that passes, and by halves to the last that fails.
 *   <li>Replays of those at the edges, with every interrupt logged.
 * </ol>
 */
final class AdjacentSearch {
    private static final Logger log = LoggerFactory.getLogger(AdjacentSearch.class);
    /** Each costs a start of an emulator, half a second and more. The demo target takes some twenty. */
    private static final int MOST_RUNS = 120;

    private static final Duration LONGEST = Duration.ofMinutes(10);
    /** Delays of a batch that looks for the shortest in which the timer comes; three of them narrow two periods to an instruction. */
    private static final int PLACES = 64;
    /** Delays of the first batch that tries all in a row; the next ones are twice as long each. */
    private static final int FIRST_ROW = 512;

    private static final int LONGEST_ROW = 8192;
    /** Above the shortest delay in which the timer comes: a period is no whole number of instructions. */
    private static final int MARGIN = 16;
    /** By so much a delay can be off that failed in company. */
    private static final int NEAR = 3;
    /** All delays of a narrower window are traced. */
    private static final int NARROW = 8;

    private final Machine machine;
    private final Path ready;
    private final Symbols symbols;
    private final FailureManifest failure;
    private final long period;
    private final long began = System.nanoTime();
    private final Map<Long, BatchRun> probes = new HashMap<>();
    private final Progress progress;
    private int runs;

    /**
     * @param machine of the failure's target
     * @param ready the snapshot that the failure's batch ran from
     * @param period instructions between two timer interrupts
     * @param progress told how many runs there were
     */
    AdjacentSearch(
            Machine machine, Path ready, Symbols symbols, FailureManifest failure, long period, Progress progress) {
        this.progress = progress;
        this.machine = machine;
        this.ready = ready;
        this.symbols = symbols;
        this.failure = failure;
        this.period = period;
    }

    /** Why nothing was found, for people. */
    private static final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFoundException(String why) {
            super(why);
        }
    }

    Adjacent search() throws InfrastructureException, IOException {
        try {
            long failing = alone(failingDelay());
            long from = edge(failing, -1) + 1;
            long to = edge(failing, 1) - 1;
            Adjacent.Window window = window(from, to);
            return result(AdjacentSummary.of(window), window);
        } catch (NotFoundException e) {
            return result(String.valueOf(e.getMessage()), null);
        } catch (InfrastructureException e) {
            if (e.kind() != InfrastructureTrouble.AGENT_PROTOCOL) {
                throw e;
            }
            return result(
                    "no neighbouring schedules: its agent cannot wait for the timer (" + e.getMessage() + ")", null);
        }
    }

    private Adjacent result(String summary, Adjacent.@Nullable Window window) {
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        log.info("{} runs in {} ms: {}", runs, millis, summary);
        return new Adjacent(summary, window, runs, millis);
    }

    private Schedule aligned(long delay, long stride, long window) {
        Schedule failed = failure.coordinates().schedule();
        return new Schedule(failed.shift(), delay, stride, window, 0, Align.TICK).under(failed.setting());
    }

    private BatchRun run(Batch batch) throws InfrastructureException, NotFoundException {
        if (runs >= MOST_RUNS || System.nanoTime() - began > LONGEST.toNanos()) {
            throw new NotFoundException("no neighbouring schedules were found in " + runs + " runs and "
                    + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
        }
        progress.done(++runs);
        return machine.run(ready, batch, passed -> {});
    }

    private static Batch single(Schedule schedule) {
        return new Batch(schedule, 1, 1);
    }

    private BatchRun probe(long delay) throws InfrastructureException, NotFoundException {
        BatchRun known = probes.get(delay);
        if (known == null) {
            known = run(single(aligned(delay, 0, 0)));
            probes.put(delay, known);
        }
        return known;
    }

    private long failingDelay() throws InfrastructureException, IOException, NotFoundException {
        Schedule own = failure.coordinates().schedule();
        if (own.align() == Align.TICK) {
            long delay = Delays.before(own, failure.iteration() - 1);
            if (failure.happensIn(probe(delay))) {
                return delay;
            }
        }
        long top = Math.min(2 * period, Integer.MAX_VALUE);
        Optional<Long> bound = shortestWithTimer(top);
        long high = bound.map(delay -> delay + MARGIN).orElse(period + MARGIN);
        for (int size = FIRST_ROW; high > 0; size = Math.min(LONGEST_ROW, 2 * size)) {
            long low = Math.max(0, high - size);
            Optional<Long> found = firstInRow(low, high);
            if (found.isPresent()) {
                return found.get();
            }
            high = low;
        }
        throw new NotFoundException(
                "no neighbouring schedules: none of the " + (bound.orElse(period) + MARGIN)
                        + " delays after a timer interrupt fails from the snapshot; what ran before the failure has to do with it");
    }

    /** The first of a row of delays that fails in the failure's way. */
    private Optional<Long> firstInRow(long low, long high) throws InfrastructureException, NotFoundException {
        long from = low;
        while (from < high) {
            int count = (int) (high - from);
            // A guest that dies without a word has failed in one of those that it had not reported.
            int report = failure.outcome() == Outcome.FAILED ? Math.min(64, count) : 1;
            BatchRun run = run(new Batch(aligned(from, 1, count), count, report));
            if (run.outcome() == Outcome.PASSED) {
                return Optional.empty();
            }
            long delay = from + run.iterations() - 1;
            if (failure.happensIn(run)) {
                return Optional.of(delay);
            }
            from = delay + 1;
        }
        return Optional.empty();
    }

    /** The shortest delay in which the timer comes; empty when the guest's symbols do not tell. */
    private Optional<Long> shortestWithTimer(long top) throws InfrastructureException, IOException, NotFoundException {
        long without = 0;
        long with = top;
        boolean seen = false;
        while (with - without > 1) {
            long stride = Math.max(1, (with - without + PLACES - 1) / PLACES);
            int count = (int) Math.min(PLACES, (with - without) / stride + 1);
            Batch batch = new Batch(aligned(without, stride, stride * count), count, 1);
            Map<Long, TraceReader.Trace> traces = traces(batch, run(batch));
            long lower = without;
            long upper = with;
            for (int k = count - 1; k >= 0; k--) {
                TraceReader.Trace trace = traces.get(k + 1L);
                long delay = without + k * stride;
                if (trace != null && trace.inSpin()) {
                    upper = delay;
                    seen = true;
                } else if (trace != null) {
                    lower = delay;
                    break;
                }
            }
            if (!seen || upper - lower >= with - without) {
                return Optional.empty();
            }
            if (upper <= lower) {
                return Optional.of(with); // a period is no whole number of instructions, so one delay may go either way
            }
            without = lower;
            with = upper;
        }
        return seen ? Optional.of(with) : Optional.empty();
    }

    private Map<Long, TraceReader.Trace> traces(Batch batch, BatchRun run) throws InfrastructureException, IOException {
        ReplayRun replay = machine.replay(
                ready,
                batch,
                run,
                run.recording(),
                new ReplayPlan("int", run.firstInstruction(), Long.MAX_VALUE, false));
        if (!replay.verified()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.INTERNAL, "a batch of the search does not replay: " + replay.difference());
        }
        return TraceReader.read(replay.log().file(), symbols);
    }

    /** A delay near to one that failed in a batch of many, which fails in a batch of its own. */
    private long alone(long delay) throws InfrastructureException, NotFoundException {
        for (int off = 0; off <= NEAR; off++) {
            for (long near : off == 0 ? new long[] {delay} : new long[] {delay - off, delay + off}) {
                if (near >= 0 && failure.happensIn(probe(near))) {
                    return near;
                }
            }
        }
        throw new NotFoundException("no neighbouring schedules: the delay of " + delay
                + " instructions fails in a batch of many iterations, but not as the only one");
    }

    /** The nearest delay that passes, in one direction; every one from it to the given one is taken to fail. */
    private long edge(long failing, int direction) throws InfrastructureException, NotFoundException {
        long fails = failing;
        long passes = failing;
        for (long step = 1; passes == failing; step *= 2) {
            long at = failing + direction * step;
            if (at < 0 || at > failing + 2 * period) {
                throw new NotFoundException("no neighbouring schedules: it fails with every delay from "
                        + Math.max(0, at) + " to " + failing + " instructions that was tried");
            }
            if (probe(at).outcome() == Outcome.PASSED) {
                passes = at;
            } else {
                fails = at;
            }
        }
        while (Math.abs(passes - fails) > 1) {
            long middle = (passes + fails) / 2;
            if (probe(middle).outcome() == Outcome.PASSED) {
                passes = middle;
            } else {
                fails = middle;
            }
        }
        return passes;
    }

    private AdjacentWindow.Traced traced(long delay) throws InfrastructureException, IOException, NotFoundException {
        Batch batch = single(aligned(delay, 0, 0));
        BatchRun run = run(batch);
        TraceReader.Trace trace = traces(batch, run).getOrDefault(1L, new TraceReader.Trace());
        return new AdjacentWindow.Traced(delay, run, trace);
    }

    private Adjacent.Window window(long from, long to) throws InfrastructureException, IOException, NotFoundException {
        TreeSet<Long> delays = new TreeSet<>(List.of(from - 1, from, to, to + 1));
        for (long delay = from; delay <= to && to - from < NARROW; delay++) {
            delays.add(delay);
        }
        TreeMap<Long, AdjacentWindow.Traced> traced = new TreeMap<>();
        for (long delay : delays) {
            traced.put(delay, traced(delay));
        }
        return AdjacentWindow.of(traced, from, to, aligned(from, 0, 0), aligned(from - 1, 0, 0));
    }
}
