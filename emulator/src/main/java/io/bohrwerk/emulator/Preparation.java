package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Execution;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qemu.StoredClock;
import io.bohrwerk.protocol.target.ConsoleScript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes the snapshot {@code ready}, from which batches start. */
final class Preparation {
    /**
     * Host time for a guest to get over a jump of its clock: some twenty million instructions, which at shift 5 are half a second of guest
     * time. Linux reports its stall in the first ticks.
     */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final MachineHome home;

    Preparation(MachineHome home) {
        this.home = home;
    }

    /** As {@link Machine#prepare(RunMode)}. @param shift at which it boots */
    Path boot(RunMode mode, int shift) throws InfrastructureException {
        return home.using("cannot prepare the target", () -> {
            home.files().layOutBoot();
            Execution execution = mode == RunMode.FREE ? new Execution.Free() : new Execution.Counted(shift);
            try (ConsoleDriver driver = driver();
                    Guest guest = home.start(Launch.boot(execution), GuestVoice.Interest.none())) {
                if (driver == null) {
                    BootWatch.awaitReady(
                            guest,
                            home.manifest().machine().cpus(),
                            home.settings().readyLimit());
                } else {
                    driver.drive(guest, home.settings().readyLimit());
                }
                guest.emulator().pause();
                if (driver != null) {
                    guest.emulator().queueSerialInput();
                }
                long count = storeReady(guest.emulator());
                if (mode != RunMode.FREE) {
                    StoredClock.rebase(home.files().state(), count, shift);
                }
            } catch (InfrastructureException e) {
                throw BootWatch.blame(e);
            }
            return home.files().state();
        });
    }

    /** Who drives the guest while it boots; null when an agent in it does so. */
    private @Nullable ConsoleDriver driver() throws IOException {
        ConsoleScript script = home.manifest().test().console().orElse(null);
        return script == null
                ? null
                : new ConsoleDriver(home.manifest(), script, home.emulators().directory());
    }

    /** As {@link Machine#settle}. */
    Path settle(Path ready, int shift) throws InfrastructureException {
        return home.using("cannot take the snapshot to another shift", () -> {
            home.files().layOutWaiting(ready);
            try (Guest guest = home.start(
                    Launch.from(QemuCommandLine.READY, new Execution.Counted(shift)), GuestVoice.Interest.none())) {
                guest.emulator().resume();
                BootWatch.awaitQuiet(guest, SETTLING);
                guest.emulator().pause();
                guest.emulator().deleteSnapshot(QemuCommandLine.READY);
                StoredClock.rebase(home.files().state(), storeReady(guest.emulator()), shift);
            }
            return home.files().state();
        });
    }

    /**
     * Stores the paused machine and ends its emulator.
     *
     * @return the instruction count there; 0 when nothing is counted
     */
    private static long storeReady(QemuSession emulator)
            throws IOException, InterruptedException, TimeoutException, InfrastructureException {
        long count = emulator.instructionCount();
        emulator.saveSnapshot(QemuCommandLine.READY);
        emulator.end();
        return count;
    }
}
