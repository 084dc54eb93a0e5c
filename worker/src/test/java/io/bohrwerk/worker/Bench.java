package io.bohrwerk.worker;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.ReplayReport;
import io.bohrwerk.protocol.batch.ReplayRequest;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.worker.batch.BatchRunner;
import io.bohrwerk.worker.cache.BlobFiles;
import io.bohrwerk.worker.cache.DiskCache;
import io.bohrwerk.worker.cache.SnapshotCache;
import io.bohrwerk.worker.cache.TargetCache;
import io.bohrwerk.worker.failure.FailureKeeper;
import io.bohrwerk.worker.machine.Emulators;
import io.bohrwerk.worker.machine.Machines;
import io.bohrwerk.worker.replay.ReplayRunner;
import io.bohrwerk.worker.work.Runners;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** What a worker is made of, without its queue: real emulators, a file blob store, all in one directory. */
public final class Bench implements AutoCloseable {
    /** Instructions between two timer interrupts of the demo target at shift 4. */
    private static final String DEMO = "x86-debug-register-race";

    private static final int TIMER_PERIOD = 62_500;

    private static final int ITERATIONS = 5000;
    /** Of batches that fail once in four: all pass once in three million times. */
    private static final int MOST_SEEDS = 60;

    private static final long LARGEST_GUEST = 1L << 30;

    /** The demo target takes 0.3 s. */
    private static final Duration READY = Duration.ofSeconds(8);

    final Path directory;
    public final BlobStore store;
    final BlobFiles blobs;
    public final Emulators emulators;
    public final Machines machines;
    final DiskCache cache;
    public final TargetCache targets;
    public final SnapshotCache snapshots;
    public final FailureKeeper failures;
    public final Runners runners;

    public Bench(Path directory, Path store) throws IOException {
        this(directory, FileBlobStore.open(store, 0));
    }

    public Bench(Path directory, BlobStore store) throws IOException {
        this(directory, store, List.of(Installation.SYSTEM));
    }

    public Bench(Path directory, BlobStore store, List<Installation> installations) throws IOException {
        this.directory = directory;
        this.store = store;
        this.blobs = new BlobFiles(store);
        EmulatorSettings settings = new EmulatorSettings(
                directory.resolve("machines"),
                READY,
                Duration.ofMinutes(2),
                Duration.ofMinutes(2),
                ByteSize.ofMebibytes(16),
                ByteSize.ofMebibytes(64));
        try {
            this.emulators = Emulators.open(settings, installations);
        } catch (InfrastructureException e) {
            throw new IOException(e);
        }
        this.machines = new Machines(LARGEST_GUEST);
        this.cache = DiskCache.open(directory.resolve("cache"), 1 << 30);
        this.targets = new TargetCache(cache, blobs);
        this.snapshots = new SnapshotCache(cache, blobs, machines);
        this.failures = new FailureKeeper(blobs);
        this.runners = new Runners(machines::stopped)
                .with(
                        BatchRequest.KIND,
                        BatchRequest.class,
                        new BatchRunner("bench", emulators, machines, targets, snapshots, failures))
                .with(
                        ReplayRequest.KIND,
                        ReplayRequest.class,
                        new ReplayRunner("bench", emulators, machines, targets, snapshots, cache, blobs));
    }

    @Override
    public void close() {
        machines.stop();
        cache.close();
        emulators.close();
        store.close();
    }

    /** A machine of one CPU. */
    public static TargetMachine machine(TargetMachine.Arch arch) {
        return new TargetMachine(arch, ByteSize.ofMebibytes(16), 1, 4, VirtualTime.parse("4ms"), null, null);
    }

    /** Puts the demo target into a store. */
    public static Digest demo(BlobStore store) throws IOException {
        return race(store, DEMO);
    }

    /** Puts a target that the build made into a store. */
    public static Digest race(BlobStore store, String name) throws IOException {
        return upload(
                store,
                Map.of("kernel.elf", resource(name, "kernel.elf"), "target.yaml", resource(name, "target.yaml")));
    }

    public static byte[] resource(String name) throws IOException {
        return resource(DEMO, name);
    }

    private static byte[] resource(String target, String name) throws IOException {
        String path = "/guest/" + target + "/" + name;
        try (InputStream in = Objects.requireNonNull(Bench.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        }
    }

    /** Unchecked: a store may hold anything. */
    static Digest upload(BlobStore store, Map<String, byte[]> files) throws IOException {
        StringBuilder bundle = new StringBuilder();
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            bundle.append(put(store, file.getValue()))
                    .append("  ")
                    .append(file.getKey())
                    .append('\n');
        }
        return put(store, bundle.toString().getBytes(StandardCharsets.UTF_8));
    }

    public static Digest put(BlobStore store, byte[] bytes) throws IOException {
        Digest digest = Digest.of(bytes);
        store.put(digest, new ByteArrayInputStream(bytes));
        return digest;
    }

    public static BatchRequest request(Digest target, long seed) {
        return request(target, seed, ITERATIONS);
    }

    public static BatchRequest request(Digest target, long seed, int iterations) {
        return new BatchRequest(
                Wire.VERSION,
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                target,
                Schedule.random(4, TIMER_PERIOD, seed),
                iterations,
                500);
    }

    /** A batch that cannot fail: each iteration begins at a tick, and is over long before the next. */
    public static BatchRequest passing(Digest target, int iterations) {
        return new BatchRequest(
                Wire.VERSION,
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                target,
                new Schedule(4, 100, 0, 0, 0, Align.TICK),
                iterations,
                100);
    }

    /** A batch with delays of half a second on average: it takes its time, and has too few iterations for one to fail. */
    public static BatchRequest slow(Digest target, int iterations) {
        return new BatchRequest(
                Wire.VERSION,
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                target,
                Schedule.random(4, 400_000_000, 1),
                iterations,
                1);
    }

    public BatchReport run(BatchRequest request) {
        return (BatchReport) runners.run(request, passed -> {}).orElseThrow();
    }

    public ReplayReport.Result replay(ReplayRequest request) {
        return ((ReplayReport) runners.run(request, passed -> {}).orElseThrow()).result();
    }

    public BatchReport.Finished finish(BatchRequest request) {
        BatchReport.Result result = run(request).result();
        if (result instanceof BatchReport.Finished finished) {
            return finished;
        }
        throw new AssertionError(result);
    }

    public BatchReport.Troubled trouble(BatchRequest request) {
        BatchReport.Result result = run(request).result();
        if (result instanceof BatchReport.Troubled troubled) {
            return troubled;
        }
        throw new AssertionError(result);
    }

    /** The first seed whose batch fails. */
    public long failingSeed(Digest target) {
        for (long seed = 1; seed <= MOST_SEEDS; seed++) {
            if (finish(request(target, seed)).failure() != null) {
                return seed;
            }
        }
        throw new AssertionError("no failure in " + MOST_SEEDS + " batches");
    }

    /** How many files lie below, locks aside. */
    public static long files(Path root) throws IOException {
        if (!Files.exists(root)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("lock"))
                    .count();
        }
    }

    /** Machines' directories that are there now. */
    public long machineDirectories() throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("machines"))) {
            return all.filter(path -> path.getFileName().toString().startsWith("machine-"))
                    .count();
        }
    }

    /** The emulators of this bench. */
    public Stream<ProcessHandle> emulators() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("qemu-system"))
                .filter(this::isHere);
    }

    /** A confined emulator sees its directory under another name, but not the processes around it. */
    private boolean isHere(ProcessHandle process) {
        return Stream.iterate(Optional.of(process), Optional::isPresent, each -> each.flatMap(ProcessHandle::parent))
                .flatMap(Optional::stream)
                .limit(3)
                .anyMatch(each -> cwd(each).startsWith(directory.toAbsolutePath()));
    }

    private static Path cwd(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
        } catch (IOException e) {
            return Path.of("/");
        }
    }
}
