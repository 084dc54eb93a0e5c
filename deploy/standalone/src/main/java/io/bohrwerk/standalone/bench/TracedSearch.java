package io.bohrwerk.standalone.bench;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.trace.IterationTracer;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.Landings;
import io.bohrwerk.protocol.traced.Placement;
import io.bohrwerk.protocol.traced.Planner;
import io.bohrwerk.protocol.traced.TestTrace;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The traced strategy, from the first iteration to the first failure. Nothing in it is left to chance: it gives the same on every run. */
final class TracedSearch {
    /** So many iterations are looked at, whether the ticks land where they were put. */
    private static final int PROBED = 8;

    private final Rig rig;
    private final int shift;
    private long iterations;
    private @Nullable TestTrace trace;
    private int planned;
    private OptionalLong late = OptionalLong.empty();

    private TracedSearch(Rig rig, int shift) {
        this.rig = rig;
        this.shift = shift;
    }

    /**
     * What came of it.
     *
     * @param iterations all that were run, the traced ones and the failing one included
     * @param found whether one failed; else the plan was exhausted
     * @param trace null when an iteration that was to be traced failed
     * @param planned length of the plan
     * @param late how many instructions late the first ticks landed; empty when that could not be told
     */
    record Result(
            long iterations,
            boolean found,
            @Nullable TestTrace trace,
            int planned,
            OptionalLong late,
            double seconds) {}

    /** @param delay before the traced iteration: see {@link IterationTracer#schedule} */
    static Result run(Rig rig, int shift, long delay) throws InfrastructureException, IOException {
        TracedSearch search = new TracedSearch(rig, shift);
        long began = System.nanoTime();
        boolean found = search.find(delay);
        return new Result(
                search.iterations, found, search.trace, search.planned, search.late, (System.nanoTime() - began) / 1e9);
    }

    private boolean find(long delay) throws InfrastructureException, IOException {
        long period = rig.manifest().machine().timerPeriod().instructions(shift);
        Batch batch = new Batch(IterationTracer.schedule(shift, period, delay), 3, 3);
        TestTrace[] traced = new TestTrace[1];
        boolean[] failed = new boolean[1];
        rig.with(shift, (machine, ready) -> {
            BatchRun run = machine.run(ready, batch, passed -> {});
            iterations += run.iterations();
            failed[0] = run.outcome() != Outcome.PASSED;
            if (!failed[0]) {
                traced[0] = machine.trace(ready, batch, run.recording());
            }
        });
        trace = traced[0];
        return failed[0] || follow(traced[0]);
    }

    /** Runs the plan: its beginning watched, and all of it planned anew if that shows that the ticks land elsewhere. */
    private boolean follow(TestTrace first) throws InfrastructureException, IOException {
        List<Placement> plan = Planner.plan(first, Set.of());
        List<Placement> probe = plan.subList(0, Math.min(PROBED, plan.size()));
        boolean[] failed = new boolean[1];
        rig.with(shift, (machine, ready) -> {
            Batch batch = batch(probe);
            BatchRun run = machine.run(ready, batch, passed -> {});
            iterations += run.iterations();
            failed[0] = run.outcome() != Outcome.PASSED;
            if (!failed[0]) {
                late = Landings.late(first, probe, machine.landings(ready, batch, run.recording()));
            }
        });
        planned = plan.size();
        if (failed[0]) {
            return true;
        }
        if (late.orElse(0) == 0) {
            return runAll(plan.subList(probe.size(), plan.size()));
        }
        List<Placement> again = Planner.plan(first.corrected(late.getAsLong()), Set.of());
        planned = again.size();
        return runAll(again);
    }

    private boolean runAll(List<Placement> plan) throws InfrastructureException, IOException {
        boolean[] failed = new boolean[1];
        int most = Math.min(Schedule.MOST_DELAYS, rig.manifest().test().iterationsPerBatch());
        for (int from = 0; from < plan.size() && !failed[0]; from += most) {
            Batch batch = batch(plan.subList(from, Math.min(plan.size(), from + most)));
            rig.with(shift, (machine, ready) -> {
                BatchRun run = machine.run(ready, batch, passed -> {});
                iterations += run.iterations();
                failed[0] = run.outcome() != Outcome.PASSED;
            });
        }
        return failed[0];
    }

    private Batch batch(List<Placement> plan) {
        List<Long> delays = plan.stream().map(Placement::delay).toList();
        return rig.batch(Schedule.listed(shift, delays, Align.TICK), delays.size());
    }
}
