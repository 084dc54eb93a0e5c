package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.Qemu;
import io.bohrwerk.emulator.qemu.QemuProcess;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qemu.Trouble;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A machine's private directory and the emulators that run in it, one at a time. Each use of it ends with a result or with trouble of a known
 * kind; closing it ends the use under way.
 */
final class MachineHome implements AutoCloseable {
    private final TargetFiles target;
    private final EmulatorSettings settings;
    private final MachineFiles files;
    private final QemuSession.Home home;
    /** Held while an emulator runs: the directory is deleted only after it. */
    private final ReentrantLock use = new ReentrantLock();

    private @Nullable Process process;
    private volatile boolean closed;

    MachineHome(Qemu qemu, TargetFiles target, EmulatorSettings settings, Path directory, Confinement.Cell cell) {
        this.target = target;
        this.settings = settings;
        this.files = new MachineFiles(target, directory);
        this.home = new QemuSession.Home(qemu, target.manifest(), directory, cell, this::started);
        target.lendTo(cell);
    }

    @FunctionalInterface
    interface Use<T> {
        T get() throws InfrastructureException, IOException, InterruptedException, TimeoutException;
    }

    /** Runs one use of the machine. @param complaint what could not be done, for the message */
    <T> T using(String complaint, Use<T> task) throws InfrastructureException {
        use.lock();
        try {
            T result = task.get();
            if (files.noSpaceLeft()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.DISK_FULL, complaint + ": no space left in " + files);
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        } catch (InfrastructureException | IOException | TimeoutException e) {
            if (closed) {
                throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "the machine was closed", e);
            }
            InfrastructureException known = Trouble.of(complaint, e);
            throw files.noSpaceLeft() && known.kind() == InfrastructureTrouble.EMULATOR_DIED
                    ? new InfrastructureException(
                            InfrastructureTrouble.DISK_FULL,
                            complaint + ": no space left: " + known.getMessage(),
                            known)
                    : known;
        } finally {
            use.unlock();
        }
    }

    /** Starts an emulator and listens to its guest. */
    Guest start(Launch launch, GuestVoice.Interest interest) throws InfrastructureException, IOException {
        return start(launch, interest, null);
    }

    /** @param merged takes the merged log, of a launch that writes one */
    Guest start(Launch launch, GuestVoice.Interest interest, @Nullable MergedLogFile merged)
            throws InfrastructureException, IOException {
        return Guest.start(home, launch, settings.consoleLimit().bytes(), interest, merged);
    }

    /** Starts an emulator whose consoles are plain files. */
    QemuSession startWithConsolesInFiles(Launch launch) throws InfrastructureException, IOException {
        return QemuSession.withConsolesInFiles(home, launch);
    }

    private synchronized void started(Process started) {
        process = started;
        if (closed) {
            started.destroyForcibly();
        }
    }

    QemuSession.Home emulators() {
        return home;
    }

    MachineFiles files() {
        return files;
    }

    TargetFiles target() {
        return target;
    }

    TargetManifest manifest() {
        return target.manifest();
    }

    EmulatorSettings settings() {
        return settings;
    }

    boolean closed() {
        return closed;
    }

    /** Ends what is running and deletes the private directory. */
    @Override
    public void close() {
        Process running;
        synchronized (this) {
            closed = true;
            running = process;
        }
        if (running != null) {
            QemuProcess.kill(running);
        }
        use.lock();
        try {
            files.delete();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + files, e);
        } finally {
            use.unlock();
        }
    }
}
