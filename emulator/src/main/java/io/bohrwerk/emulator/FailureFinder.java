package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Deadline;
import io.bohrwerk.emulator.qemu.MachineFile;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the instruction with which a recorded batch's guest begins a line, or ends its emulator. A replay stops in steps along the way;
 * the interval between the last stop before it and the first after it is walked again in shorter steps, by a fresh emulator from a
 * snapshot just before, until a step is one instruction. The consoles are plain files: at a stop they hold exactly what the guest had
 * printed.
 *
 * <p>On stock QEMU a stop takes some 0.5 ms and a fresh emulator some 150 ms, so three walks are enough for 50 million instructions.
 */
final class FailureFinder {
    static final String NEAR = "near";
    /** Of one walk. */
    private static final int STOPS = 250;
    /** The first steps of a walk whose end is not known. */
    private static final long LEAST_FIRST_STEP = 10_000;

    private final Opener opener;
    private final Deadline deadline;
    private String snapshot;
    private long low;
    private long high;
    /** Bytes on the line's console between {@code low} and the line's first; -1 while the line has not been seen. */
    private long ahead = -1;

    /** Starts an emulator that replays the batch from a snapshot in the machine's image, with consoles in files. */
    @FunctionalInterface
    interface Opener {
        QemuSession open(String snapshot) throws InfrastructureException, IOException;
    }

    /**
     * What is looked for.
     *
     * @param serial whether the line is printed on the first serial port; else on port 0xe9
     * @param line as UTF-8 decoded it; null for the guest's end of its emulator
     */
    record Wanted(boolean serial, @Nullable String line) {
        static Wanted line(FailureSpot spot) {
            return new Wanted(spot.serial(), spot.line());
        }

        static Wanted debugExit() {
            return new Wanted(false, null);
        }

        /** The line's bytes, each as one character, as far as they are known for sure. */
        private String bytes() {
            String text = line == null ? "" : line;
            int lossy = text.indexOf('\ufffd');
            return new String(
                    text.substring(0, lossy < 0 ? text.length() : lossy).getBytes(StandardCharsets.UTF_8),
                    StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * @param snapshot from which the first walk begins
     * @param low an instruction count before what is looked for
     * @param high one behind it; {@link Long#MAX_VALUE} when none is known
     */
    FailureFinder(Opener opener, Duration limit, String snapshot, long low, long high) {
        this.opener = opener;
        this.deadline = Deadline.in(limit);
        this.snapshot = snapshot;
        this.low = low;
        this.high = high;
    }

    /**
     * The instruction count at which the next instruction is the one that is looked for.
     *
     * @param save the name of a snapshot to be taken there, in place of one of that name; null for none
     * @throws InfrastructureException of kind {@code INTERNAL} when it does not come between the given instructions
     */
    long find(Wanted wanted, @Nullable String save)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long step = high == Long.MAX_VALUE ? LEAST_FIRST_STEP : step();
        do {
            walk(wanted, step);
            step = step();
        } while (high - low > 1);
        if (save != null) {
            try (QemuSession emulator = opener.open(snapshot)) {
                goTo(emulator, low);
                emulator.deleteSnapshot(snapshot);
                emulator.deleteSnapshot(save);
                emulator.saveSnapshot(save);
                emulator.end();
            }
        }
        return low;
    }

    private long step() {
        return Math.max(1, (high - low + STOPS - 1) / STOPS);
    }

    private void walk(Wanted wanted, long step)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        try (QemuSession emulator = opener.open(snapshot)) {
            goTo(emulator, low);
            long before = size(emulator, wanted);
            emulator.deleteSnapshot(snapshot);
            emulator.saveSnapshot(NEAR);
            snapshot = NEAR;
            long at = low;
            // The stops whose consoles may not hold the line yet: the line is known only when it is whole.
            TreeMap<Long, Long> sizes = new TreeMap<>();
            sizes.put(at, 0L);
            while (at < high) {
                long next = Math.min(high, at + step);
                if (ends(emulator, wanted, next)) {
                    low = at;
                    high = next;
                    return;
                }
                at = next;
                if (wanted.line() != null) {
                    sizes.put(at, size(emulator, wanted) - before);
                    if (ahead < 0) {
                        ahead = lineBegins(emulator, wanted, before);
                    }
                    if (ahead >= 0 && size(emulator, wanted) - before > ahead) {
                        narrow(sizes);
                        return;
                    }
                } else if (high == Long.MAX_VALUE && at - low > STOPS * step) {
                    low = at;
                    walkOn(emulator, wanted, step * STOPS / 4);
                    return;
                }
            }
        }
        throw new InfrastructureException(
                InfrastructureTrouble.INTERNAL,
                "the failure is not in its replay between instructions " + low + " and " + high);
    }

    /** With ever longer steps, where nobody knows how far it is. */
    private void walkOn(QemuSession emulator, Wanted wanted, long first) throws InfrastructureException, IOException {
        for (long step = first; ; step += step / 4) {
            if (ends(emulator, wanted, low + step)) {
                high = low + step;
                return;
            }
            low += step;
        }
    }

    /** To the two stops between which the line's first byte came; counts bytes from the first of these on. */
    private void narrow(TreeMap<Long, Long> sizes) {
        long said = 0;
        for (Map.Entry<Long, Long> stop : sizes.entrySet()) {
            if (stop.getValue() > ahead) {
                high = stop.getKey();
                break;
            }
            low = stop.getKey();
            said = stop.getValue();
        }
        ahead -= said;
    }

    /** Goes on to an instruction. @return whether the guest ended its emulator before, where that is what is looked for */
    private boolean ends(QemuSession emulator, Wanted wanted, long instruction)
            throws InfrastructureException, IOException {
        try {
            goTo(emulator, instruction);
            return false;
        } catch (InfrastructureException | QmpException e) {
            if (wanted.line() == null && emulator.awaitDebugExit()) {
                return true;
            }
            throw e;
        }
    }

    private void goTo(QemuSession emulator, long instruction) throws InfrastructureException, IOException {
        if (instruction > emulator.instructionCount()) {
            emulator.replayTo(instruction, deadline);
        }
    }

    private static long size(QemuSession emulator, Wanted wanted) throws IOException {
        return wanted.line() == null ? 0 : Files.size(emulator.console(wanted.serial()));
    }

    /** Bytes before the wanted line on its console, behind those that are known; -1 when it is not there. */
    private static long lineBegins(QemuSession emulator, Wanted wanted, long before) throws IOException {
        return new String(
                        MachineFile.head(emulator.console(wanted.serial()), MachineFile.LONGEST_CONSOLE),
                        StandardCharsets.ISO_8859_1)
                .substring((int) before)
                .indexOf(wanted.bytes());
    }
}
