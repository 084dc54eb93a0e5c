package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.emulator.conformance.Conformer;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.conformance.GuestKey;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests of two CPUs, on an emulator that lets them take turns; and one that does not refuses them. */
@Tag("emulators")
@Timeout(300)
class SeveralCpusTest {
    private static final int SHIFT = 4;
    private static final int ITERATIONS = 4000;
    private static final int WINDOW = 62_500;
    private static final int MOST_SEEDS = 20;

    @TempDir
    Path directory;

    private Emulator emulator;

    @BeforeEach
    void open() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
    }

    @AfterEach
    void close() {
        emulator.close();
    }

    private boolean severalCpus() throws InfrastructureException {
        return emulator.qemu(TargetMachine.Arch.I386).severalCpus();
    }

    @Test
    void refusedWhereTheyDoNotTakeTurns() throws Exception {
        assumeFalse(severalCpus(), "this emulator runs several CPUs");
        assertThatThrownBy(() -> emulator.machine(Guests.race("cpus-lost-update")))
                .isInstanceOfSatisfying(
                        InfrastructureException.class,
                        e -> assertThat(e.kind()).isEqualTo(InfrastructureTrouble.EMULATOR_UNFIT))
                .hasMessageStartingWith("the target has 2 CPUs, and ")
                .hasMessageEndingWith("QEMU 8.1 or newer does");
    }

    /** A batch that fails fails at the same iteration and instruction, with the same consoles, each time it is run again. */
    @Test
    void aRaceBetweenTwoIsFoundAndRunAgainToTheSamePlace() throws Exception {
        assumeTrue(severalCpus(), "this emulator does not run several CPUs");
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(Guests.race("cpus-lost-update"))) {
            Files.move(machine.prepare(), ready);
            long seed = 1;
            Batch batch = batch(seed);
            BatchRun failed = machine.run(ready, batch, passed -> {});
            while (failed.outcome() == Outcome.PASSED && seed < MOST_SEEDS) {
                seed++;
                batch = batch(seed);
                failed = machine.run(ready, batch, passed -> {});
            }
            assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(failed.reason()).contains("a charge was lost");
            assertThat(failed.stoppedByGuest()).isTrue();
            for (int time = 0; time < 2; time++) {
                assertThat(machine.repeat(ready, batch, failed)).isEmpty();
            }
            assertThat(machine.repeat(ready, batch(seed + 1), failed)).isNotEmpty();
        }
    }

    private static Batch batch(long seed) {
        return new Batch(Schedule.random(SHIFT, WINDOW, seed), ITERATIONS, 500);
    }

    @Test
    void anotherShiftIsBootedAnew() throws Exception {
        assumeTrue(severalCpus(), "this emulator does not run several CPUs");
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(Guests.race("cpus-lost-update"))) {
            Path booted = Files.move(machine.prepare(), directory.resolve("booted.qcow2"));
            Files.move(machine.settle(booted, SHIFT + 1), ready);
            Batch batch = new Batch(Schedule.random(SHIFT + 1, WINDOW, 1), 200, 100);
            BatchRun run = machine.run(ready, batch, passed -> {});
            assertThat(machine.repeat(ready, batch, run)).isEmpty();
        }
    }

    /** Each choice of slices is another run, and each repeats. */
    @Test
    void slicesChooseTheInterleaving() throws Exception {
        assumeTrue(severalCpus(), "this emulator does not run several CPUs");
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(Guests.race("cpus-lost-update"))) {
            Files.move(machine.prepare(), ready);
            Set<Long> ends = new HashSet<>();
            for (List<Integer> slices :
                    List.of(List.<Integer>of(), List.of(20), List.of(37, 101), List.of(41, 97, 13))) {
                Batch batch = new Batch(Schedule.random(SHIFT, WINDOW, 1).sliced(slices), 300, 100);
                BatchRun run = machine.run(ready, batch, passed -> {});
                assertThat(machine.repeat(ready, batch, run))
                        .as("slices " + slices)
                        .isEmpty();
                ends.add(run.lastInstruction());
            }
            assertThat(ends).hasSize(4);
        }
    }

    @Test
    void slicesNeedSeveralCpus() throws Exception {
        try (Machine machine = emulator.machine(Guests.demo())) {
            Path ready = Files.move(machine.prepare(), directory.resolve("ready.qcow2"));
            Batch batch = new Batch(Schedule.random(SHIFT, WINDOW, 1).sliced(List.of(37)), 10, 10);
            assertThatThrownBy(() -> machine.run(ready, batch, passed -> {}))
                    .hasMessage(
                            "schedule.slices: '[37]' must be empty: the target has one CPU, and slices say how often"
                                    + " several take turns");
        }
    }

    /** What a check finds out without a recording. */
    @Test
    void aCheckRunsItsBatchAgain() throws Exception {
        assumeTrue(severalCpus(), "this emulator does not run several CPUs");
        TargetFiles race = Guests.race("cpus-lost-update");
        try (Machine machine = emulator.machine(race)) {
            Path ready = Files.move(machine.prepare(), directory.resolve("ready.qcow2"));
            Conformance found = Conformer.check(machine, race.manifest(), Digest.of(new byte[0]), "this", ready, 200)
                    .conformance();
            assertThat(found.repeats().verdict()).as(found.repeats().note()).isEqualTo(Conformance.Verdict.YES);
            assertThat(found.replays().verdict()).isEqualTo(Conformance.Verdict.UNDECIDED);
            assertThat(found.refusal(Set.of(GuestKey.WINDOW, GuestKey.SEED, GuestKey.DELAY)))
                    .isEmpty();
        }
    }

    @Test
    void isNotRecorded() throws Exception {
        assumeTrue(severalCpus(), "this emulator does not run several CPUs");
        try (Machine machine = emulator.machine(Guests.race("cpus-lost-update"))) {
            Path ready = Files.move(machine.prepare(), directory.resolve("ready.qcow2"));
            Batch batch = new Batch(Schedule.random(SHIFT, WINDOW, 1), 10, 10);
            assertThatThrownBy(() -> machine.run(ready, batch, RunMode.RECORDED, passed -> {}))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("mode: 'RECORDED' must be COUNTED: QEMU records a guest of one CPU only");
        }
    }
}
