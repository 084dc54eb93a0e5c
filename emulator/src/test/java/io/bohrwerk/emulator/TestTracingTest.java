package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.plugin.PluginLine;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.traced.Place;
import io.bohrwerk.protocol.traced.TestTrace;
import io.bohrwerk.protocol.traced.TracedPlan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces planted races in real emulators, and runs what was planned. */
@Tag("emulators")
class TestTracingTest {
    @TempDir
    private static Path directory;

    private static TargetFiles stale;
    private static Path ready;
    private static int shift;

    private static Emulator emulator;

    @BeforeAll
    static void boot() throws Exception {
        stale = Guests.race("race-stale-debug-register");
        shift = stale.manifest().machine().bootShift();
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(stale)) {
            Files.move(machine.prepare(), ready);
        }
    }

    @AfterAll
    static void close() throws Exception {
        emulator.close();
    }

    private static TestTracing.Result trace() throws Exception {
        try (Machine machine = emulator.machine(stale)) {
            return TestTracing.run(machine, ready, stale.manifest(), shift);
        }
    }

    private static BatchRun run(TracedPlan plan) throws Exception {
        List<Long> delays = plan.delays(0, plan.size());
        try (Machine machine = emulator.machine(stale)) {
            return machine.run(
                    ready, new Batch(Schedule.listed(shift, delays, Align.TICK), delays.size(), 1), passed -> {});
        }
    }

    @Test
    void findsARaceOfOneInAHundredThousandsInOnePlan() throws Exception {
        TestTracing.Result traced = trace();
        TestTrace trace = Objects.requireNonNull(traced.plan().trace());
        assertThat(trace.period()).isBetween(620_000L, 630_000L);
        assertThat(traced.plan().size()).isBetween(50, 300);
        BatchRun run = run(traced.plan());
        assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
        // one place in three hundred thousand is open to it, so an undirected plan of this length would not have met it
        Place place = Objects.requireNonNull(traced.plan().place((int) run.iterations() - 1));
        // in the handler interrupts are masked: a tick put there comes as soon as it has returned
        assertThat(place.symbol()).isIn("race_test", "trap_debug");
    }

    @Test
    void plansTheSameEachTimeAndReadsWhatItWrote() throws Exception {
        TracedPlan first = trace().plan();
        TracedPlan second = trace().plan();
        assertThat(bytes(second)).isEqualTo(bytes(first));
        TracedPlan read = TracedPlan.read(new ByteArrayInputStream(bytes(first)));
        assertThat(read.trace()).isEqualTo(first.trace());
        assertThat(read.shift()).isEqualTo(shift);
        assertThat(read.delays(0, read.size())).isEqualTo(first.delays(0, first.size()));
        assertThat(bytes(read)).isEqualTo(bytes(first));
    }

    /** Of a test whose ticks need no correction: what a handler does there does not depend on the test. */
    @Test
    void landsWhereItWasPut() throws Exception {
        TargetFiles race = Guests.race("x86-debug-register-race");
        int at = race.manifest().machine().bootShift();
        Path booted = directory.resolve("race.qcow2");
        try (Machine machine = emulator.machine(race)) {
            Files.move(machine.prepare(), booted);
        }
        try (Machine machine = emulator.machine(race)) {
            TestTracing.Result traced = TestTracing.run(machine, booted, race.manifest(), at);
            TracedPlan plan = traced.plan();
            // the first of the plan is the race itself
            Batch first = new Batch(Schedule.listed(at, plan.delays(0, plan.size()), Align.TICK), plan.size(), 1);
            BatchRun run = machine.run(booted, first, passed -> {});
            assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
            Place failing = Objects.requireNonNull(plan.place((int) run.iterations() - 1));
            assertThat(failing.symbol()).isEqualTo("trap_debug");
            assertThat(failing.kind()).isEqualTo(Place.Kind.TRAP);

            int from = (int) run.iterations();
            int some = 8;
            Batch batch = new Batch(Schedule.listed(at, plan.delays(from, some), Align.TICK), some, some, true);
            BatchRun others = machine.run(booted, batch, passed -> {});
            List<List<PluginLine.Interrupt>> landings = machine.tracing().landings(booted, batch, others.recording());
            assertThat(landings).hasSize(some);
            TestTrace trace = Objects.requireNonNull(plan.trace());
            for (int i = 0; i < some; i++) {
                PluginLine.Interrupt tick = landings.get(i).get(0);
                assertThat(tick.pc())
                        .isEqualTo(Objects.requireNonNull(plan.place(from + i)).pc());
                assertThat(tick.count()).isEqualTo(trace.period() - trace.lead() - plan.delay(from + i));
            }
        }
    }

    @Test
    void refusesAShiftAtWhichThePeriodIsTooShort() throws Exception {
        try (Machine machine = emulator.machine(stale)) {
            assertThatThrownBy(() -> TestTracing.run(
                            machine,
                            ready,
                            Guests.race("x86-debug-register-race").manifest(),
                            10))
                    .isInstanceOf(InfrastructureException.class)
                    .hasMessageContaining("choose a smaller shift");
        }
    }

    private static byte[] bytes(TracedPlan plan) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        plan.write(bytes);
        return bytes.toByteArray();
    }
}
