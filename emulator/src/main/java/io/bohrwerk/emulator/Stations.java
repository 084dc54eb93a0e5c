package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Deadline;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qemu.StoredClock;
import io.bohrwerk.emulator.report.PanicPatterns;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Takes a machine from station to station along a recorded batch, and resumes it from one with its clock shifted. */
public final class Stations {
    private final MachineHome home;

    Stations(MachineHome home) {
        this.home = home;
    }

    /**
     * Replays a batch from a station to a later instruction, and stores the machine there.
     *
     * @param into where the image is to lie
     * @throws InfrastructureException as {@link Machine#replay(Path, Batch, BatchRun, Path, ReplayPlan)}
     */
    public Station advance(Station from, Batch batch, Path recording, long instruction, Path into)
            throws InfrastructureException {
        return home.using("cannot replay the batch", () -> {
            home.files().layOut(from.image(), batch, recording);
            Launch launch = Launch.from(
                            from.snapshot(),
                            new Execution.Replayed(batch.schedule().shift()))
                    .with(new Instrument.OwnLog());
            Station there = DamagedInput.blame(
                    () -> home.startWithConsolesInFiles(launch),
                    emulator -> emulator,
                    emulator -> advance(emulator, from, instruction, into));
            Files.copy(home.files().state(), into, StandardCopyOption.REPLACE_EXISTING);
            return there;
        });
    }

    private Station advance(QemuSession emulator, Station from, long instruction, Path into)
            throws InfrastructureException, IOException, InterruptedException, java.util.concurrent.TimeoutException {
        emulator.replayTo(instruction, Deadline.in(home.settings().replayLimit()));
        long at = emulator.instructionCount();
        if (at != instruction) {
            throw new InfrastructureException(
                    InfrastructureTrouble.BLOB_MISSING,
                    "the replay stopped at instruction " + at + " instead of " + instruction
                            + ": the recording is cut off, or is not of this batch");
        }
        long pc = emulator.programCounter();
        emulator.deleteSnapshot(from.snapshot());
        emulator.saveSnapshot(Station.NAME);
        emulator.end();
        return new Station(
                into,
                Station.NAME,
                instruction,
                pc,
                StoredClock.find(home.files().state(), instruction),
                from.console() + said(emulator, false),
                from.serial() + said(emulator, true));
    }

    private String said(QemuSession emulator, boolean serial) throws IOException {
        return MachineFiles.read(
                emulator.console(serial), home.settings().consoleLimit().bytes());
    }

    /**
     * Resumes the machine itself from a station, recorded, with its clock held back: every timer fires later by the same amount. It ends
     * as a batch does, or when an iteration has passed, as far as the agent reports it.
     *
     * @param from one that {@link Station#hasClock has a clock}, of a target with an agent
     * @param batch in which the guest stands there
     * @param holdBack nanoseconds of virtual time; with 0 it goes the recorded way
     * @param iteration the last that is waited for
     * @return iterations are counted from the batch's beginning. It {@code PASSED} when that iteration did
     */
    public BatchRun goOn(Station from, Batch batch, long holdBack, long iteration) throws InfrastructureException {
        InvalidInputException.require(from.hasClock(), "from", from.snapshot(), "must have a clock");
        long began = System.nanoTime();
        return home.using("cannot run on from a checkpoint", () -> {
            home.files().layOut(from.image(), batch);
            StoredClock.holdBack(home.files().state(), from.clock(), holdBack);
            BatchWords words = batch.words();
            PanicPatterns patterns = PanicPatterns.with(home.manifest().test().panicPatterns());
            GuestVoice.Interest interest = new GuestVoice.Interest(words, passed -> {}, patterns, from, iteration);
            Execution execution = new Execution.Recorded(batch.schedule().shift());
            try (Guest guest = home.start(Launch.from(from.snapshot(), execution), interest)) {
                return new BatchWatch(guest, words, batch, home.manifest(), home.settings(), true, () -> false)
                        .run(began, home.files().recording());
            }
        });
    }
}
