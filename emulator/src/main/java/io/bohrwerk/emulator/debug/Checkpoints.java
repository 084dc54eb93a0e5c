package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.debug.DebuggedFailure.Snapshot;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The states that replays start from: those that came with the failure, which stay, and those made on the way, of which a bounded number
 * and size is kept. One thread uses it.
 */
final class Checkpoints {
    private final Path directory;
    private final int most;
    private final long mostBytes;
    private final TreeMap<Long, Snapshot> byCount = new TreeMap<>();
    private final Set<Snapshot> given = new HashSet<>();
    private long made;

    /** @param directory for those that are made */
    Checkpoints(Path directory, List<Snapshot> given, int most, long mostBytes) {
        this.directory = directory;
        this.most = most;
        this.mostBytes = mostBytes;
        for (Snapshot snapshot : given) {
            byCount.put(snapshot.icount(), snapshot);
        }
        this.given.addAll(byCount.values());
    }

    /** The earliest instruction count that can be gone to. */
    long first() {
        return byCount.firstKey();
    }

    List<Snapshot> all() {
        return List.copyOf(byCount.values());
    }

    boolean isGiven(Snapshot snapshot) {
        return given.contains(snapshot);
    }

    /** The nearest at or before an instruction. */
    Snapshot before(long icount) {
        var entry = byCount.floorEntry(icount);
        if (entry == null) {
            throw new InvalidInputException("icount", icount, "must not be before " + first());
        }
        return entry.getValue();
    }

    /** Makes one of where a replay stands, unless there is one, and drops what the bounds leave no room for. */
    void add(Replay replay, long icount, Budget budget) throws InfrastructureException {
        if (byCount.containsKey(icount)) {
            return;
        }
        Snapshot snapshot = replay.save(directory.resolve("checkpoint-" + ++made + ".qcow2"), budget);
        byCount.put(icount, snapshot);
        try {
            evict(icount);
        } catch (IOException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.INTERNAL, "cannot drop a checkpoint: " + e.getMessage(), e);
        }
    }

    private void evict(long here) throws IOException {
        while (true) {
            List<Snapshot> own =
                    byCount.values().stream().filter(one -> !isGiven(one)).toList();
            long bytes = 0;
            for (Snapshot one : own) {
                bytes += Files.size(one.image());
            }
            if (own.size() <= most && bytes <= mostBytes || own.size() <= 1) {
                return;
            }
            Snapshot drop = leastMissed(here);
            byCount.remove(drop.icount());
            Files.deleteIfExists(drop.image());
        }
    }

    /**
     * The one whose absence costs least: where the gap that it leaves is small for its distance from here. What stays is spaced the
     * wider, the farther it is.
     */
    private Snapshot leastMissed(long here) {
        List<Long> counts = new ArrayList<>(byCount.keySet());
        Snapshot least = null;
        double leastCost = Double.MAX_VALUE;
        for (int i = 0; i < counts.size(); i++) {
            long count = counts.get(i);
            Snapshot candidate = byCount.get(count);
            if (candidate == null || isGiven(candidate) || count == here) {
                continue;
            }
            long previous = i == 0 ? count : counts.get(i - 1);
            long next = i + 1 < counts.size() ? counts.get(i + 1) : Math.max(count, here);
            double cost = (next - previous) / (1.0 + Math.abs(here - count));
            if (cost < leastCost) {
                leastCost = cost;
                least = candidate;
            }
        }
        return java.util.Objects.requireNonNull(least);
    }
}
