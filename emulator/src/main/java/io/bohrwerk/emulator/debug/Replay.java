package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Instrument;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.MachineFile;
import io.bohrwerk.emulator.qemu.Pipes;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qemu.StandStill;
import io.bohrwerk.emulator.qemu.Trouble;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One emulator process that replays, standing at an instruction. It only ever goes forward. One thread uses it.
 *
 * <p>QEMU's gdb server tells every stop of the machine with one packet, whoever asked for it: so that packet is what is waited for here.
 */
final class Replay implements AutoCloseable {
    /** For an emulator that was asked to stop. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
    /** A single step may enter an interrupt, and QEMU tells a step over a store that the guest itself watches twice. */
    private static final int STEPS_WITHOUT_PROGRESS = 4;

    private static final int SHOWN_CONSOLE = 64 << 10;
    private static final String CHECKPOINT = "checkpoint";
    private static final Pattern DEBUG_REGISTER = Pattern.compile("DR([0-7])=([0-9a-fA-F]+)");

    private final Emulator emulator;
    private final Path directory;
    private final boolean wide;
    private final String loaded;
    /** Whether the agent speaks on the serial console. */
    private final boolean driven;

    private final QemuSession qemu;
    private final GdbLink gdb;
    private boolean holdsLoaded = true;
    private boolean altered;

    private Replay(Emulator emulator, Path directory, TargetManifest manifest, String loaded, QemuSession qemu)
            throws IOException {
        this.emulator = emulator;
        this.directory = directory;
        this.wide = manifest.machine().arch() == TargetMachine.Arch.X86_64;
        this.driven = manifest.test().driver() == TargetTest.Driver.CONSOLE;
        this.loaded = loaded;
        this.qemu = qemu;
        this.gdb = new GdbLink(directory);
    }

    /** A fresh emulator at a snapshot, whose image is copied. */
    static Replay start(Emulator emulator, DebuggedFailure failure, DebuggedFailure.Snapshot from, Budget budget)
            throws InfrastructureException {
        try {
            Path directory = emulator.newDirectory("debug");
            try {
                return start(emulator, failure, from, directory, budget);
            } catch (InfrastructureException | IOException | RuntimeException e) {
                emulator.removeDirectory(directory);
                throw e;
            }
        } catch (IOException e) {
            throw Trouble.of("cannot start a replay", e);
        }
    }

    private static Replay start(
            Emulator emulator, DebuggedFailure failure, DebuggedFailure.Snapshot from, Path directory, Budget budget)
            throws IOException, InfrastructureException {
        TargetManifest manifest = failure.target().manifest();
        Confinement.Cell cell = emulator.cell();
        failure.target().lendTo(cell);
        cell.lend(QemuCommandLine.RECORDING, failure.recording());
        for (Map.Entry<String, String> file : failure.configuration().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        ImageCopy.copy(from.image(), directory.resolve(QemuCommandLine.STATE), budget);
        Pipes.make(directory, List.of(QemuCommandLine.GDB + ".in", QemuCommandLine.GDB + ".out"));
        budget.check("starting an emulator");
        Launch launch = Launch.from(from.name(), new Execution.Replayed(failure.shift()))
                .with(new Instrument.GdbServer());
        QemuSession qemu =
                QemuSession.withConsolesInFiles(new QemuSession.Home(manifest, directory, cell, process -> {}), launch);
        try {
            Replay replay = new Replay(emulator, directory, manifest, from.name(), qemu);
            // gdb and QEMU are to name threads in the same way.
            replay.ask(Packet.of("qSupported:multiprocess+"), budget);
            // Until its description of the registers was asked for, QEMU answers no question for a single one.
            replay.ask(Packet.of("qXfer:features:read:target.xml:0,ffb"), budget);
            replay.ask(Packet.of("?"), budget);
            return replay;
        } catch (IOException | InfrastructureException e) {
            qemu.close();
            throw e;
        }
    }

    /** Instructions executed since the batch's machine was made. */
    long icount(Budget budget) throws InfrastructureException {
        return asked("query-replay", () -> qemu.instructionCount(budget.left()));
    }

    long pc(Budget budget) throws InfrastructureException {
        // Register numbers of QEMU's target descriptions: rip is 16, eip 8.
        String value = ask(Packet.of(wide ? "p10" : "p8"), budget).text();
        try {
            byte[] bytes = HexFormat.of().parseHex(value);
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            return wide ? buffer.getLong() : Integer.toUnsignedLong(buffer.getInt());
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED, "the emulator tells no program counter, but " + value);
        }
    }

    /** Asks QEMU's gdb server something that does not let the machine run. */
    Packet ask(Packet packet, Budget budget) throws InfrastructureException {
        return gdb.ask(packet, budget);
    }

    /** A line of QEMU's human monitor. */
    String human(String line) throws InfrastructureException {
        return asked(line, () -> qemu.human(line));
    }

    /** The user has written to registers or memory: from here on it goes its own way. */
    void alter() {
        altered = true;
    }

    boolean altered() {
        return altered;
    }

    boolean alive() {
        return !qemu.gone();
    }

    /** @return whether the emulator took all of them */
    boolean insert(List<Breakpoints.Point> points, Budget budget) throws InfrastructureException {
        boolean all = true;
        for (Breakpoints.Point point : points) {
            all &= ask(point.inserting(), budget).equals(Packet.OK);
        }
        return all;
    }

    /** Where the guest has used its own debug registers on the same place, QEMU may have lost a watchpoint: then this is altered. */
    void remove(List<Breakpoints.Point> points, Budget budget) throws InfrastructureException {
        for (Breakpoints.Point point : points) {
            altered |= !ask(point.removing(), budget).equals(Packet.OK);
        }
    }

    /** Runs until a breakpoint, a watchpoint, or an instruction count that lies ahead. When it is broken off it stops somewhere. */
    Stop run(long until, Budget budget) throws InfrastructureException {
        deleteBreak(budget);
        asked("replay-break", () -> {
            qemu.breakAt(until, budget.left());
            return until;
        });
        gdb.send(Packet.of("c"));
        return awaitStop(budget);
    }

    /** One instruction, or the entry into an interrupt or exception. */
    Stop step(Budget budget) throws InfrastructureException {
        deleteBreak(budget);
        long icount = icount(budget);
        long pc = pc(budget);
        Stop stop;
        int steps = 0;
        do {
            gdb.send(Packet.of("s"));
            stop = awaitStop(budget);
        } while (stop.icount() == icount
                && stop.pc() == pc
                && !stop.atWatchpoint()
                && !budget.isBrokenOff()
                && ++steps < STEPS_WITHOUT_PROGRESS);
        return stop;
    }

    private void deleteBreak(Budget budget) throws InfrastructureException {
        asked("replay-delete-break", () -> {
            qemu.deleteBreak(budget.left());
            return true;
        });
    }

    /** Goes to an instruction count that is not behind. */
    void runTo(long icount, Budget budget) throws InfrastructureException {
        long at = icount(budget);
        if (icount > at) {
            at = run(icount, budget).icount();
            if (at != icount && budget.isBrokenOff()) {
                throw new Budget.BrokenOff();
            }
        }
        if (at != icount) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED,
                    "the replay stopped at instruction " + at + " instead of " + icount
                            + ": the recording is cut off, or does not belong to this failure");
        }
    }

    private Stop awaitStop(Budget budget) throws InfrastructureException {
        String reply = awaitReply(budget);
        if (!reply.startsWith("T") && !reply.startsWith("S")) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED, "the emulator ended: " + qemu.describeExit());
        }
        return Stop.of(icount(budget), pc(budget), reply);
    }

    private String awaitReply(Budget budget) throws InfrastructureException {
        StandStill progress =
                new StandStill("the recording is cut off there or does not belong to this failure, or a watchpoint on"
                        + " what the guest watches itself sent it another way");
        while (true) {
            Duration wait = budget.left().compareTo(WATCH_INTERVAL) < 0 ? budget.left() : WATCH_INTERVAL;
            Packet reply = gdb.poll(wait, budget);
            if (reply != null) {
                return reply.text();
            }
            if (budget.isBrokenOff()) {
                gdb.send(Packet.INTERRUPT);
                return gdb.receive(new Budget(STOP_LIMIT)).text();
            }
            if (!alive()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_DIED,
                        "the emulator ended at instruction " + progress.seen() + " of the replay: "
                                + qemu.describeExit());
            }
            if (budget.left().isZero()) {
                throw budget.timeUp("the replay");
            }
            progress.check(icount(budget));
        }
    }

    /**
     * Whether the guest has a debug register on the watched address itself. QEMU then tells us of the access, and the guest not: what
     * follows in this process is not what happened.
     */
    boolean guestWatches(Stop stop) throws InfrastructureException {
        Matcher matcher = DEBUG_REGISTER.matcher(asked("info registers", qemu::registers));
        long[] registers = new long[8];
        while (matcher.find()) {
            registers[Integer.parseInt(matcher.group(1))] = Long.parseUnsignedLong(matcher.group(2), 16);
        }
        for (int i = 0; i < 4; i++) {
            boolean enabled = (registers[7] >> (2 * i) & 3) != 0;
            // At most eight bytes long each, so 15 apart is apart for certain.
            if (enabled && Math.abs(registers[i] - stop.watchedAddress()) < 16) {
                return true;
            }
        }
        return false;
    }

    /** Stores the machine's state in a fresh image, under the name that the answer tells. */
    DebuggedFailure.Snapshot save(Path image, Budget budget) throws InfrastructureException {
        long icount = icount(budget);
        try {
            if (holdsLoaded) {
                qemu.deleteSnapshot(loaded); // its room is used for the next
                holdsLoaded = false;
            }
            qemu.saveSnapshot(CHECKPOINT);
            ImageCopy.copy(directory.resolve(QemuCommandLine.STATE), image, budget);
            qemu.deleteSnapshot(CHECKPOINT);
            return new DebuggedFailure.Snapshot(icount, image, CHECKPOINT);
        } catch (IOException e) {
            throw Trouble.of("cannot make a checkpoint", e);
        }
    }

    /** The end of what the guest has printed on the agent's console in this process, up to this very instruction. */
    String console() throws InfrastructureException {
        try {
            return new String(MachineFile.tail(qemu.console(driven), SHOWN_CONSOLE), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Trouble.of("cannot read the console", e);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws QmpException;
    }

    private <T> T asked(String what, Question<T> question) throws InfrastructureException {
        try {
            return question.ask();
        } catch (QmpException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED,
                    alive() ? String.valueOf(e.getMessage()) : what + ": the emulator ended: " + qemu.describeExit(),
                    e);
        }
    }

    /** Kills it: it holds nothing that could be lost. */
    @Override
    public void close() {
        qemu.kill();
        gdb.close();
        try {
            emulator.removeDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
