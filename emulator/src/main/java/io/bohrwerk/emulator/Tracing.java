package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.trace.InterruptTracer;
import io.bohrwerk.emulator.trace.IterationTracer;
import io.bohrwerk.emulator.trace.LandingTracer;
import io.bohrwerk.emulator.trace.TickWatch;
import io.bohrwerk.emulator.trace.TraceLog;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.traced.TestTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Replays recorded batches instruction by instruction, or interrupt by interrupt, and tells what was executed. */
public final class Tracing {
    private final MachineHome home;

    Tracing(MachineHome home) {
        this.home = home;
    }

    /**
     * Replays a batch of {@link IterationTracer#schedule} and learns what its second iteration executed. Costs about a microsecond for
     * each instruction up to there, and no disk.
     *
     * @param recording of the batch
     * @throws InfrastructureException of kind {@code INTERNAL} when the replay does not hold what is looked for: the batch failed before
     *     that, the test is too long, or the guest's timer does not tick at the period that the target tells
     */
    public TestTrace trace(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return home.using("cannot trace the batch", () -> {
            IterationTracer tracer = new IterationTracer(batch.schedule());
            follow(ready, batch, recording, tracer, true);
            TestTrace trace = tracer.trace();
            if (trace == null) {
                throw new InfrastructureException(
                        InfrastructureTrouble.INTERNAL,
                        "the trace does not hold an iteration: " + tracer.logged()
                                + " instructions were looked at, of at most " + IterationTracer.MOST_INSTRUCTIONS);
            }
            return trace;
        });
    }

    /**
     * Replays a batch that ran to its end and tells which instructions its timer's ticks interrupted.
     *
     * @return program counters, in the order of the ticks
     */
    public List<Long> landings(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return home.using("cannot replay the batch", () -> {
            TickWatch ticks = new TickWatch();
            follow(ready, batch, recording, ticks, false);
            return ticks.landings();
        });
    }

    /**
     * Replays a batch instruction by instruction and tells at which offsets the first ticks after its delays landed. Costs as much as a
     * {@link #trace}, for each iteration.
     *
     * @return as {@link LandingTracer#landings}
     */
    public List<@Nullable Long> offsets(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return home.using("cannot trace the batch", () -> {
            LandingTracer tracer = new LandingTracer(batch.schedule());
            follow(ready, batch, recording, tracer, true);
            return tracer.landings();
        });
    }

    /**
     * Replays a batch instruction by instruction and tells when devices interrupted it. Costs about a microsecond for each instruction.
     *
     * @param most instructions that are looked at
     */
    public List<InterruptTracer.Interrupt> interrupts(Path ready, Batch batch, Path recording, long most)
            throws InfrastructureException {
        return home.using("cannot trace the batch", () -> {
            InterruptTracer tracer = new InterruptTracer(most);
            follow(ready, batch, recording, tracer, true);
            return tracer.interrupts();
        });
    }

    private void follow(Path ready, Batch batch, Path recording, TraceLog.Events events, boolean everyInstruction)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        home.files().layOut(ready, batch, recording);
        Launch launch = Launch.from(
                        QemuCommandLine.READY,
                        new Execution.Replayed(batch.schedule().shift()))
                .with(new Instrument.OwnLog());
        try (TraceSession session = new TraceSession(home.emulators(), launch, new TraceLog(events))) {
            session.run(everyInstruction, home.settings().replayLimit());
        }
    }
}
