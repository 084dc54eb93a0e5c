package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.debug.DebuggedFailure.Snapshot;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from the first snapshot to the failure, and the emulator that stands somewhere on it. One thread uses it.
 *
 * <p>Any instruction is reached by a fresh emulator at the nearest earlier checkpoint. On the way checkpoints are made, the denser the
 * nearer to where it goes, because users look around there. While the user thinks, the next emulator is already started at the
 * checkpoint that one step back will need.
 */
final class Timeline implements AutoCloseable {
    /**
     * Where checkpoints are made, in instructions before the destination. A replay goes through some 30 million instructions a second
     * on a free core: the nearest is reached from in no time, and each farther one is worth its quarter of a second.
     */
    private static final long[] STATIONS = {2_048_000_000L, 128_000_000L, 8_000_000L, 500_000L};

    private static final long CLOSE_SECONDS = 60;

    private final Emulator emulator;
    private final DebuggedFailure failure;
    private final DebugSettings settings;
    private final Path directory;
    private final Checkpoints checkpoints;
    private final ExecutorService background = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "debug-background");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Replay current;
    private @Nullable Warm warm;

    /** An emulator that is being started at a checkpoint. */
    private record Warm(Snapshot at, Future<Replay> replay) {}

    Timeline(Emulator emulator, DebuggedFailure failure, DebugSettings settings) throws IOException {
        this.emulator = emulator;
        this.failure = failure;
        this.settings = settings;
        this.directory = emulator.newDirectory("checkpoints");
        this.checkpoints = new Checkpoints(
                directory,
                failure.snapshots(),
                settings.checkpoints(),
                settings.checkpointBytes().bytes());
    }

    Budget newBudget() {
        return new Budget(settings.commandLimit());
    }

    DebuggedFailure failure() {
        return failure;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    long first() {
        return checkpoints.first();
    }

    long last() {
        return failure.last();
    }

    /** The emulator that shows the user's position. */
    Replay current() throws InfrastructureException {
        Replay replay = current;
        if (replay == null) {
            throw new InfrastructureException(InfrastructureTrouble.EMULATOR_DIED, "there is no emulator");
        }
        return replay;
    }

    /** Makes an instruction count the user's position. */
    void goTo(long icount, Budget budget) throws InfrastructureException {
        take(land(icount, budget));
    }

    /** Makes a replay the one that shows the user's position. */
    void take(Replay replay) {
        Replay old = current;
        current = replay;
        if (old != null) {
            retire(() -> old);
        }
    }

    /** A fresh emulator at an instruction count, from first to last. The caller closes it or gives it to {@link #take}. */
    Replay land(long icount, Budget budget) throws InfrastructureException {
        Snapshot from = checkpoints.before(icount);
        Replay replay = start(from, budget);
        try {
            long at = replay.icount(budget);
            for (long distance : STATIONS) {
                long station = icount - distance;
                // One that is hardly nearer than where we are is not worth it.
                if (station - at > distance) {
                    replay.runTo(station, budget);
                    checkpoints.add(replay, station, budget);
                    at = station;
                }
            }
            replay.runTo(icount, budget);
            return replay;
        } catch (InfrastructureException | RuntimeException e) {
            retire(() -> replay);
            throw e;
        }
    }

    private Replay start(Snapshot from, Budget budget) throws InfrastructureException {
        Warm ready = warm;
        warm = null;
        if (ready != null && ready.at().equals(from)) {
            try {
                Replay replay = ready.replay().get();
                if (replay.alive()) {
                    return replay;
                }
                retire(() -> replay);
            } catch (ExecutionException e) {
                // Started too early, or killed by somebody: another one is started, which tells what is wrong.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
            }
        } else if (ready != null) {
            retire(ready);
        }
        return Replay.start(emulator, failure, from, budget);
    }

    /** Starts the emulator that one step back from here will need, on another thread. */
    void warmUp(long icount) {
        if (icount <= first()) {
            return;
        }
        Snapshot from = checkpoints.before(icount - 1);
        Warm ready = warm;
        if (ready != null && ready.at().equals(from)) {
            return;
        }
        if (ready != null) {
            retire(ready);
        }
        Budget budget = newBudget();
        warm = new Warm(from, background.submit(() -> Replay.start(emulator, failure, from, budget)));
    }

    private void retire(Warm unused) {
        retire(() -> {
            try {
                return unused.replay().get();
            } catch (ExecutionException e) {
                return null; // it never came up
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        });
    }

    /** Killing takes its time, and nobody needs to wait for it. */
    private void retire(Supplier<@Nullable Replay> unused) {
        background.execute(() -> {
            Replay replay = unused.get();
            if (replay != null) {
                replay.close();
            }
        });
    }

    /** Ends every emulator and takes the checkpoints away. */
    @Override
    public void close() {
        Warm ready = warm;
        if (ready != null) {
            retire(ready);
        }
        Replay replay = current;
        if (replay != null) {
            retire(() -> replay);
        }
        background.shutdown();
        try {
            if (!background.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                background.shutdownNow();
            }
            emulator.removeDirectory(directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot take away " + directory, e);
        }
    }
}
