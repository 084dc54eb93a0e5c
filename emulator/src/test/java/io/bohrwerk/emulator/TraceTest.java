package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.trace.IterationTracer;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.Placement;
import io.bohrwerk.protocol.traced.Planner;
import io.bohrwerk.protocol.traced.TestTrace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {
    @TempDir
    private static Path directory;

    @Test
    void probe() throws Exception {
        for (String name : java.util.Objects.requireNonNullElse(System.getenv("RACES"), "x86-debug-register-race")
                .split(",")) {
            TargetFiles target = Guests.race(name);
            try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines-" + name)))) {
                Path ready = directory.resolve(name + ".qcow2");
                try (Machine machine = emulator.machine(target)) {
                    Files.move(machine.prepare(), ready);
                }
                int shift = target.manifest().machine().bootShift();
                long period = target.manifest().machine().timerPeriod().instructions(shift);
                Batch batch = new Batch(IterationTracer.schedule(shift, period, 1600), 3, 3);
                TestTrace trace;
                long began = System.nanoTime();
                try (Machine machine = emulator.machine(target)) {
                    BatchRun run = machine.run(ready, batch, passed -> {});
                    assertThat(run.outcome()).isEqualTo(Outcome.PASSED);
                    trace = machine.trace(ready, batch, run.recording());
                }
                System.out.println(name + ": " + trace + " ms " + (System.nanoTime() - began) / 1000000);
                List<Placement> plan = Planner.plan(trace, Set.of());
                System.out.println(plan.size());
                for (int round = 0; round < 2; round++) {
                    Batch probe = new Batch(
                            Schedule.listed(
                                    shift,
                                    plan.stream().map(Placement::delay).limit(8).toList(),
                                    Align.TICK),
                            8,
                            8,
                            true);
                    try (Machine machine = emulator.machine(target)) {
                        BatchRun run = machine.run(ready, probe, passed -> {});
                        List<Long> ticks = machine.landings(ready, probe, run.recording());
                        System.out.println(run.outcome() + " " + ticks.size() + " late "
                                + io.bohrwerk.protocol.traced.Landings.late(trace, plan.subList(0, 8), ticks));
                        trace = trace.corrected(
                                io.bohrwerk.protocol.traced.Landings.late(trace, plan.subList(0, 8), ticks)
                                        .orElse(0));
                        plan = Planner.plan(trace, Set.of());
                    }
                }
                Schedule planned = Schedule.listed(
                        shift, plan.stream().map(Placement::delay).limit(16384).toList(), Align.TICK);
                try (Machine machine = emulator.machine(target)) {
                    List<Long> failing = machine.sweep(
                            ready, new Batch(planned, planned.delays().size(), 100, true));
                    System.out.println(failing);

                    for (long f : failing) {
                        System.out.println("   " + f + " " + plan.get((int) f - 1));
                    }
                }
            }
        }
    }
}
