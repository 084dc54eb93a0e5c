package io.bohrwerk.bench;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A target, booted once for each way of keeping time, from whose snapshots batches are run. */
final class Rig {
    private final Emulator emulator;
    private final TargetFiles target;
    /** By icount shift, as they are needed. */
    private final Map<Integer, Path> ready = new HashMap<>();

    private @Nullable Path readyForFree;

    private Rig(Emulator emulator, TargetFiles target) throws IOException, InfrastructureException {
        this.emulator = emulator;
        this.target = target;
        ready.put(target.manifest().machine().bootShift(), prepare(RunMode.RECORDED));
    }

    /** @param directory holds the target; snapshots are put beside it */
    static Rig of(Emulator emulator, Path directory) throws IOException, InfrastructureException {
        return new Rig(emulator, TargetFiles.in(directory));
    }

    private Path prepare(RunMode mode) throws IOException, InfrastructureException {
        Path directory = target.directory();
        Path image = directory.resolveSibling(directory.getFileName() + "." + mode + ".qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.copy(machine.prepare(mode), image);
        }
        return image;
    }

    TargetManifest manifest() {
        return target.manifest();
    }

    /** A batch as the {@code random} strategy makes it, as large as the target asks for. */
    Batch random(int shift, long seed) {
        long window = manifest().machine().timerPeriod().instructions(shift);
        return batch(Schedule.random(shift, window, seed), manifest().test().iterationsPerBatch());
    }

    Batch batch(Schedule schedule, int iterations) {
        return new Batch(
                schedule, iterations, Math.min(iterations, manifest().test().reportEvery()));
    }

    BatchRun run(Batch batch, RunMode mode) throws InfrastructureException, IOException {
        Path image =
                mode == RunMode.FREE ? readyForFree() : readyAt(batch.schedule().shift());
        try (Machine machine = emulator.machine(target)) {
            return machine.run(image, batch, mode, passed -> {});
        }
    }

    private synchronized Path readyAt(int shift) throws InfrastructureException, IOException {
        Path image = ready.get(shift);
        if (image == null) {
            int bootShift = manifest().machine().bootShift();
            Path directory = target.directory();
            image = directory.resolveSibling(directory.getFileName() + ".shift-" + shift + ".qcow2");
            try (Machine machine = emulator.machine(target)) {
                Files.copy(machine.settle(readyAt(bootShift), shift), image);
            }
            ready.put(shift, image);
        }
        return image;
    }

    private synchronized Path readyForFree() throws IOException, InfrastructureException {
        Path image = readyForFree;
        if (image == null) {
            image = prepare(RunMode.FREE);
            readyForFree = image;
        }
        return image;
    }

    /** Runs with a machine, which is closed afterwards, and the snapshot for batches at a shift. */
    void with(int shift, MachineTask task) throws InfrastructureException, IOException {
        Path image = readyAt(shift);
        try (Machine machine = emulator.machine(target)) {
            task.run(machine, image);
        }
    }

    interface MachineTask {
        void run(Machine machine, Path ready) throws InfrastructureException, IOException;
    }

    /** One thread's part of a benchmark. */
    interface Part {
        void run() throws Exception;
    }

    /** Runs the part on every core, and waits for all. */
    static void onEveryCore(Part part) throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(cores);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < cores; i++) {
                running.add(pool.submit(() -> {
                    part.run();
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            pool.shutdownNow();
        }
    }
}
