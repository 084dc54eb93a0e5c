package io.bohrwerk.worker;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.worker.SnapshotCounts;
import io.bohrwerk.worker.batch.BatchRunner;
import io.bohrwerk.worker.batch.CheckRunner;
import io.bohrwerk.worker.batch.TraceRunner;
import io.bohrwerk.worker.cache.BlobFiles;
import io.bohrwerk.worker.cache.DiskCache;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.failure.FailureKeeper;
import io.bohrwerk.worker.machine.Emulators;
import io.bohrwerk.worker.machine.Machines;
import io.bohrwerk.worker.replay.ReplayRunner;
import io.bohrwerk.worker.settings.WorkerProperties;
import io.bohrwerk.worker.work.Runners;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emulated machines, with the caches that they start from. */
final class EmulatorEngine implements Engine {
    private static final Logger log = LoggerFactory.getLogger(EmulatorEngine.class);

    private final String versions;
    private final @Nullable String severalCpus;
    private final Machines machines;
    private final SnapshotCache snapshots;
    private final Runners runners;
    /** The last one opened is the first one closed. */
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /**
     * The emulators must be here: a worker that lacks one would use up the attempts at batches that others can run.
     *
     * @param store closed with the engine, also when this fails
     */
    EmulatorEngine(WorkerProperties properties, BlobStore store) throws IOException, InfrastructureException {
        boolean good = false;
        resources.push(store);
        try {
            Emulators emulators = kept(Emulators.open(properties.emulatorSettings(), properties.installations()));
            this.versions = emulators.versions();
            this.severalCpus = emulators.severalCpus();
            this.machines = new Machines(properties.largestGuestBytes());
            DiskCache cache = kept(DiskCache.open(
                    properties.home().resolve("cache"), properties.cacheLimit().toBytes()));
            BlobFiles blobs = new BlobFiles(store);
            TargetCache targets = new TargetCache(cache, blobs);
            this.snapshots = new SnapshotCache(cache, blobs, machines);
            String id = properties.id();
            this.runners = new Runners(machines::stopped)
                    .with(
                            BatchRequest.KIND,
                            BatchRequest.class,
                            new BatchRunner(id, emulators, machines, targets, snapshots, new FailureKeeper(blobs)))
                    .with(
                            ReplayRequest.KIND,
                            ReplayRequest.class,
                            new ReplayRunner(id, emulators, machines, targets, snapshots, cache, blobs))
                    .with(
                            TraceRequest.KIND,
                            TraceRequest.class,
                            new TraceRunner(id, emulators, machines, targets, snapshots, blobs))
                    .with(
                            Check.KIND,
                            Check.Request.class,
                            new CheckRunner(id, emulators, machines, targets, snapshots));
            good = true;
        } finally {
            if (!good) {
                close();
            }
        }
    }

    private <T extends AutoCloseable> T kept(T resource) {
        resources.push(resource);
        return resource;
    }

    @Override
    public String versions() {
        return versions;
    }

    @Override
    public @Nullable String severalCpus() {
        return severalCpus;
    }

    @Override
    public Runners runners() {
        return runners;
    }

    @Override
    public Optional<SnapshotCounts> snapshots() {
        return Optional.of(snapshots.counts());
    }

    @Override
    public void stop() {
        machines.stop();
    }

    @Override
    public void close() {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("while stopping: {}", e.toString());
            }
        }
    }
}
