package io.bohrwerk.api.worker;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The workers that are alive now, taken together. */
@Component
public class Fleet {
    private final Workers workers;
    private final Duration timeout;

    Fleet(Workers workers, ApiProperties properties) {
        this.workers = workers;
        this.timeout = properties.workerTimeout();
    }

    /**
     * What the fleet does at one moment.
     *
     * @param running what their machines run
     * @param emulators the versions of the emulators that they have, in these emulators' own words
     * @param severalCpus of these, those that run guests of several CPUs
     * @param largestGuest bytes of memory that a guest may have on one of the workers; without a limit where one of them does not say
     * @param cacheBytes on the workers' disks, kept for the next batch
     * @param paused why no worker begins anything new; null while one does
     */
    public record Activity(
            int workers,
            int slots,
            List<RunningWork> running,
            SortedSet<String> emulators,
            SortedSet<String> severalCpus,
            long largestGuest,
            long cacheBytes,
            @Nullable String paused) {
        /** Whether one of the workers has an emulator of a release. @param release null for any */
        public boolean offers(@Nullable Release release) {
            return release == null || emulators.stream().anyMatch(release::servedBy);
        }

        /** Whether one of them has such an emulator that runs guests of several CPUs. */
        public boolean offersSeveralCpus(@Nullable Release release) {
            return severalCpus.stream().anyMatch(version -> release == null || release.servedBy(version));
        }

        /** The numbers of the releases, each once. */
        public SortedSet<String> releases() {
            SortedSet<String> releases = new TreeSet<>();
            emulators.forEach(version -> releases.add(Release.in(version)));
            return releases;
        }

        /** How many machines run something. */
        public int machines() {
            return running.size();
        }

        /** How many machines work for a job. */
        public int machines(UUID job) {
            return (int)
                    running.stream().filter(work -> job.equals(work.jobId())).count();
        }

        /** How far a piece of work is, as far as the worker said: see {@link RunningWork#iterationsPassed}; 0 when none runs it. */
        public long done(UUID work) {
            return running.stream()
                    .filter(one -> work.equals(one.id()))
                    .mapToLong(RunningWork::iterationsPassed)
                    .findFirst()
                    .orElse(0);
        }

        /** Iterations that passed in batches of the job which have not reported yet. */
        public long iterationsRunning(UUID job) {
            return running.stream()
                    .filter(work -> job.equals(work.jobId()))
                    .mapToLong(RunningWork::iterationsPassed)
                    .sum();
        }
    }

    @Transactional
    public void hear(WorkerHeartbeat heartbeat) {
        hear(List.of(heartbeat));
    }

    /** @param heartbeats of different workers */
    @Transactional
    void hear(Collection<WorkerHeartbeat> heartbeats) {
        Map<String, Worker> known = new HashMap<>();
        workers.findAllById(heartbeats.stream().map(WorkerHeartbeat::workerId).toList())
                .forEach(worker -> known.put(worker.id(), worker));
        Instant now = Instant.now();
        for (WorkerHeartbeat heartbeat : heartbeats) {
            Worker worker = known.computeIfAbsent(heartbeat.workerId(), id -> new Worker(id));
            worker.hear(heartbeat, now);
            workers.save(worker);
        }
    }

    /** Slots of the workers that are alive. @param serving those that can serve a guest of the size that was asked for */
    public record Slots(int all, int serving) {
        /** Whether there are workers, and none of them will do. */
        public boolean inVain() {
            return all > 0 && serving == 0;
        }
    }

    /** @param guest its memory in bytes; 0 for any */
    public Slots slots(long guest) {
        return slots(new Needs(guest, null, false));
    }

    /**
     * What a guest needs of a worker.
     *
     * @param bytes of memory; 0 for any
     * @param emulator that is asked for; null for any
     * @param severalCpus whether the guest has more than one CPU
     */
    public record Needs(long bytes, @Nullable Release emulator, boolean severalCpus) {}

    public Slots slots(Needs needs) {
        Release emulator = needs.emulator();
        // A heartbeat says "QEMU emulator version 10.0.2 (Debian ..); .." or "QEMU emulator version 10.0.2": what is
        // asked for may be
        // followed by another part of the number, or not.
        String release = emulator == null ? "%" : "%version " + emulator.number();
        return workers.slotsSince(
                Instant.now().minus(timeout),
                needs.bytes(),
                needs.severalCpus(),
                emulator == null ? "%" : release + " %",
                release + ".%");
    }

    /** Whether a live worker gives guests more memory than this one does. */
    public boolean hasRoomierThan(String workerId) {
        Long here = workers.findById(workerId).map(Worker::largestGuest).orElse(null);
        return here == null || !slots(here + 1).inVain();
    }

    public Activity now() {
        List<Worker> alive = workers.seenSince(Instant.now().minus(timeout));
        return new Activity(
                alive.size(),
                alive.stream().mapToInt(Worker::slots).sum(),
                alive.stream().flatMap(worker -> worker.running().stream()).toList(),
                versions(alive.stream().map(Worker::emulator)),
                versions(alive.stream().map(Worker::severalCpus)),
                alive.stream().mapToLong(Fleet::largestGuest).max().orElse(0),
                alive.stream().mapToLong(Worker::cacheBytes).sum(),
                !alive.isEmpty() && alive.stream().allMatch(worker -> worker.paused() != null)
                        ? alive.get(0).paused()
                        : null);
    }

    private static SortedSet<String> versions(Stream<String> lists) {
        return lists.flatMap(list -> Stream.of(list.split("; ")))
                .filter(version -> !version.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static long largestGuest(Worker worker) {
        Long said = worker.largestGuest();
        return said == null ? Long.MAX_VALUE : said;
    }

    /** Whether a live worker has this version of an emulator, in the emulator's own words. */
    public boolean hasEmulator(String version) {
        return workers.seenSince(Instant.now().minus(timeout)).stream()
                .anyMatch(worker -> worker.emulator().contains(version));
    }

    boolean alive(Worker worker) {
        return !worker.lastSeen().isBefore(Instant.now().minus(timeout));
    }
}
