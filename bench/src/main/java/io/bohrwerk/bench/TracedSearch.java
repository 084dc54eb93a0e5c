package io.bohrwerk.bench;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.TestTracing;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.io.IOException;
import java.util.List;

/**
 * The traced strategy, from the first iteration to the first failure. Nothing in it is left to chance: it gives the same on every run.
 *
 * @param iterations all that were run, those of the tracing and the failing one included
 * @param found whether one failed; else the plan was exhausted
 * @param failing the delay before the iteration that failed; of no meaning when none did
 * @param exact part of the ticks that land just where they are put; 0 also where that was not seen, as when one of the first found the race
 * @param seconds of one core
 */
record TracedSearch(TracedPlan plan, long iterations, boolean found, long failing, double exact, double seconds) {
    /** @param limit after so many iterations of the plan it is given up */
    static TracedSearch run(Rig rig, int shift, long limit) throws InfrastructureException, IOException {
        long began = System.nanoTime();
        TestTracing.Result[] traced = new TestTracing.Result[1];
        rig.with(shift, (machine, ready) -> traced[0] = TestTracing.run(machine, ready, rig.manifest(), shift));
        TracedPlan plan = traced[0].plan();
        long iterations = traced[0].iterations();
        int most = Math.min(Schedule.MOST_DELAYS, rig.manifest().test().iterationsPerBatch());
        boolean found = false;
        long failing = 0;
        for (int from = 0; from < Math.min(plan.size(), limit) && !found; from += most) {
            List<Long> delays = plan.delays(from, most);
            // each place by itself, as the strategy has it in a job
            Batch batch = new Batch(Schedule.listed(shift, delays, Align.TICK), delays.size(), 1);
            BatchRun[] run = new BatchRun[1];
            rig.with(shift, (machine, ready) -> run[0] = machine.run(ready, batch, passed -> {}));
            iterations += run[0].iterations();
            found = run[0].outcome() != Outcome.PASSED;
            failing = found ? delays.get((int) run[0].iterations() - 1) : 0;
        }
        return new TracedSearch(plan, iterations, found, failing, traced[0].exact(), (System.nanoTime() - began) / 1e9);
    }
}
