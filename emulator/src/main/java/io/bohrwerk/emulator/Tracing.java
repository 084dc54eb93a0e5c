package io.bohrwerk.emulator;

import io.bohrwerk.emulator.plugin.PluginLine;
import io.bohrwerk.emulator.plugin.PluginStream;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.PluginOptions;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.trace.IterationTrace;
import io.bohrwerk.emulator.trace.TraceFacts;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.traced.TestTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Replays recorded batches with the plugin in the emulator, and tells what was executed. Takes about twice as long as the replay alone. */
public final class Tracing {
    /** Offsets in a trace are ints; and some ten seconds of a host. */
    private static final long MOST_INSTRUCTIONS = 1_000_000_000;

    private final MachineHome home;

    Tracing(MachineHome home) {
        this.home = home;
    }

    /**
     * Replays a batch of {@link IterationTrace#schedule} and learns what its second iteration executed.
     *
     * @param recording of the batch
     * @throws InfrastructureException of kind {@code INTERNAL} when the replay does not hold what is looked for: the batch failed before
     *     that, the test is too long, or the guest's timer does not tick at the period that the target tells
     */
    public TestTrace trace(Path ready, Batch batch, Path recording) throws InfrastructureException {
        return home.using("cannot trace the batch", () -> {
            PluginOptions options = PluginOptions.NONE
                    .tracing(MOST_INSTRUCTIONS)
                    .withDelays(QemuCommandLine.DELAYS)
                    .keeping(IterationTrace.FROM, IterationTrace.TO);
            TraceFacts facts = follow(ready, batch, recording, options);
            try {
                return IterationTrace.of(facts, batch.schedule(), TargetSymbols.of(home.target()));
            } catch (IOException e) {
                throw new InfrastructureException(
                        InfrastructureTrouble.INTERNAL, "the trace does not hold an iteration: " + e.getMessage(), e);
            }
        });
    }

    /**
     * Replays a batch whose delays are listed, each of {@value IterationTrace#SHORTEST_DELAY} instructions at least, and tells where
     * devices' interrupts landed.
     *
     * @return for each delay, in order, the interrupts between its end and the next one's, with counts from its end. As many as were
     *     executed within {@value #MOST_INSTRUCTIONS} instructions
     */
    public List<List<PluginLine.Interrupt>> landings(Path ready, Batch batch, Path recording)
            throws InfrastructureException {
        PluginOptions options = PluginOptions.NONE.tracing(MOST_INSTRUCTIONS).withDelays(QemuCommandLine.DELAYS);
        return home.using(
                "cannot trace the batch",
                () -> follow(ready, batch, recording, options).afterDelays());
    }

    /**
     * Replays a batch and tells when devices interrupted it: the counts are of instructions since the batch's start.
     *
     * @param most instructions that are looked at
     */
    public List<PluginLine.Interrupt> interrupts(Path ready, Batch batch, Path recording, long most)
            throws InfrastructureException {
        return home.using(
                "cannot trace the batch",
                () -> follow(ready, batch, recording, PluginOptions.NONE.tracing(most))
                        .interrupts());
    }

    private TraceFacts follow(Path ready, Batch batch, Path recording, PluginOptions options)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        home.files().layOut(ready, batch, recording);
        Launch launch = Launch.from(
                        QemuCommandLine.READY,
                        new Execution.Replayed(batch.schedule().shift()))
                .with(new Instrument.Plugin(options));
        CountDownLatch over = new CountDownLatch(1);
        TraceFacts facts = new TraceFacts(over::countDown);
        PluginStream stream = new PluginStream(facts);
        try (QemuSession session =
                QemuSession.start(home.emulators(), launch, Map.of(PluginOptions.OUT, stream), new EndOfRun(over))) {
            session.log("int");
            session.resume();
            if (!over.await(home.settings().replayLimit().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the traced replay did not end within "
                                + home.settings().replayLimit().toSeconds() + " s");
            }
            if (facts.complete()) {
                session.kill(); // what it would do further is of no interest
                session.drain();
            } else {
                session.end();
            }
            if (!facts.complete()) {
                throw new IOException("the trace broke off: " + session.describeExit());
            }
        }
        return facts;
    }

    /** The trace is over when the guest will not run on, too. */
    private record EndOfRun(CountDownLatch over) implements QemuSession.Listener {
        @Override
        public void event(QmpEvent event) {
            if (BatchWatch.stopsForGood(event)) {
                over.countDown();
            }
        }

        @Override
        public void exited() {
            over.countDown();
        }

        @Override
        public @Nullable InfrastructureException trouble() {
            return null;
        }
    }
}
