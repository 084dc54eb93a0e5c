package io.bohrwerk.worker.cache;

import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.SnapshotNames;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.worker.SnapshotCounts;
import io.bohrwerk.worker.machine.Machines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The image with the snapshot {@code ready} of a target, on this host's disk. It is made once for all workers: a target boots a little
 * otherwise each time, so what the first stores is what everyone runs from. A link in the blob store decides who was first.
 */
public final class SnapshotCache {
    private static final Logger log = LoggerFactory.getLogger(SnapshotCache.class);
    private static final String IMAGE = "ready.qcow2";
    /** Of the name of one that learned while it booted how fast the host's clock runs. */
    private static final String UNCOUNTED = "-uncounted";
    /** How the machine is stored, a part of the name: a snapshot stored in an older way is made anew. 2: the count is kept below 2^30. */
    private static final String FORMAT = "format 2";

    private final DiskCache cache;
    private final BlobFiles blobs;
    private final Machines machines;
    /** One boot of a snapshot at a time, so that a worker's slots do not all boot a new target at once. A few bytes per target. */
    private final Map<String, ReentrantLock> booting = new ConcurrentHashMap<>();

    private final LongAdder found = new LongAdder();
    private final LongAdder fetches = new LongAdder();
    private final LongAdder boots = new LongAdder();

    public SnapshotCache(DiskCache cache, BlobFiles blobs, Machines machines) {
        this.cache = cache;
        this.blobs = blobs;
        this.machines = machines;
    }

    public SnapshotCounts counts() {
        // The fetches first: one that is counted between the two is no hit.
        long fetched = fetches.sum();
        return new SnapshotCounts(Math.max(0, found.sum() - fetched), fetched, boots.sum(), cache.size());
    }

    /** An image that stays on the disk while it is held. */
    public record Snapshot(Digest digest, DiskCache.Held held) implements AutoCloseable {
        public Path image() {
            return held.directory().resolve(IMAGE);
        }

        @Override
        public void close() {
            held.close();
        }
    }

    /**
     * @param emulator another version may not load what this one saved
     * @param shift the icount shift at which batches are to run from it
     * @param mode in which they run
     */
    public Snapshot hold(TargetCache.Target target, Emulator emulator, int shift, RunMode mode)
            throws IOException, InfrastructureException {
        return mode == RunMode.FREE
                ? hold(
                        name(target, emulator, target.manifest().machine().bootShift()) + UNCOUNTED,
                        target,
                        emulator,
                        machine -> machine.prepare(RunMode.FREE))
                : hold(target, emulator, shift);
    }

    /** For batches whose instructions are counted. */
    public Snapshot hold(TargetCache.Target target, Emulator emulator, int shift)
            throws IOException, InfrastructureException {
        if (shift == target.manifest().machine().bootShift()) {
            return hold(name(target, emulator, shift), target, emulator, Machine::prepare);
        }
        return hold(name(target, emulator, shift), target, emulator, machine -> {
            try (Snapshot booted =
                    hold(target, emulator, target.manifest().machine().bootShift())) {
                return machine.settle(booted.image(), shift);
            }
        });
    }

    @FunctionalInterface
    private interface Maker {
        Path make(Machine machine) throws IOException, InfrastructureException;
    }

    private Snapshot hold(String name, TargetCache.Target target, Emulator emulator, Maker maker)
            throws IOException, InfrastructureException {
        // Asked each time, for it is one small read: so all workers run from the same image, whatever happened to it.
        Optional<Digest> known = blobs.store().resolve(name);
        if (known.isPresent()) {
            try {
                return fetched(known.get());
            } catch (NoSuchBlobException e) {
                log.warn(
                        "snapshot {} of target {} is gone from the blob store and is made anew",
                        known.get(),
                        target.id());
                blobs.store().unlink(name);
            }
        }
        return made(name, target, emulator, maker);
    }

    static String name(TargetCache.Target target, Emulator emulator, int shift) throws InfrastructureException {
        TargetManifest manifest = target.manifest();
        String options =
                emulator.version(manifest.machine().arch()) + "\n" + emulator.machineOptions(manifest) + "\n" + FORMAT;
        if (shift != target.manifest().machine().bootShift()) {
            options += "\nshift " + shift;
        }
        return SnapshotNames.of(target.id()) + Digest.of(options.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The image that a recorded batch ran from. Another of the same target will not do: it booted a little otherwise.
     *
     * @throws InfrastructureException of kind {@code BLOB_MISSING} when it is gone
     */
    public Snapshot hold(Digest digest) throws IOException, InfrastructureException {
        try {
            return fetched(digest);
        } catch (NoSuchBlobException | DigestMismatchException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.BLOB_MISSING,
                    "the snapshot that the batch ran from is gone or damaged: " + e.getMessage(),
                    e);
        }
    }

    private Snapshot fetched(Digest digest) throws IOException, InfrastructureException {
        Snapshot snapshot = new Snapshot(digest, cache.hold("snapshot " + digest, directory -> {
            blobs.fetch(digest, directory.resolve(IMAGE));
            fetches.increment();
        }));
        found.increment();
        return snapshot;
    }

    private Snapshot made(String name, TargetCache.Target target, Emulator emulator, Maker maker)
            throws IOException, InfrastructureException {
        ReentrantLock mine = booting.computeIfAbsent(name, n -> new ReentrantLock());
        try {
            mine.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        }
        try {
            Optional<Digest> byNow = blobs.store().resolve(name);
            if (byNow.isPresent()) {
                return fetched(byNow.get());
            }
            try (Machines.Open machine = machines.open(emulator, target.files())) {
                Snapshot snapshot = shared(name, maker.make(machine.machine()));
                boots.increment();
                return snapshot;
            }
        } finally {
            mine.unlock();
        }
    }

    private Snapshot shared(String name, Path image) throws IOException, InfrastructureException {
        Digest own = blobs.put(image);
        Digest first = blobs.store().link(name, own);
        if (!first.equals(own)) {
            blobs.store().delete(own); // another worker was faster; nothing points to ours
            return fetched(first);
        }
        return new Snapshot(
                own, cache.hold("snapshot " + own, directory -> Files.move(image, directory.resolve(IMAGE))));
    }
}
