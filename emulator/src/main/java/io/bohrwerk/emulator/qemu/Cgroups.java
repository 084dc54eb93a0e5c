package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cgroup (v2) for each emulator, below the one of this process, where that is this process's to divide: systemd's {@code Delegate=yes}, or a
 * container with a writable cgroup of its own. Bounds memory with the page cache, processor time and processes, and ends all that is inside at
 * once. Elsewhere resource limits have to do.
 *
 * <p>A cgroup with processes of its own cannot give its children controllers (cgroups(7), "no internal processes"), so this process moves to a
 * child first. It does not move others: a cgroup that it shares is not its own.
 */
final class Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(Cgroups.class);
    private static final Set<String> NEEDED = Set.of("memory", "cpu", "pids");
    private static final Path PROC = Path.of("/proc");
    /** The child that this process moves to. */
    private static final String WORKER = "worker";

    private static final String MACHINE = "machine-";
    /** QEMU's processor thread, and the others together: two processors' time, in microseconds of each tenth of a second. */
    private static final String CPU = "200000 100000";

    private static final String PROCESSES = "256";
    /** Enters before anything of the guest's is run. */
    private static final String ENTER = "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"";

    private final @Nullable Path base;
    private final String why;
    private final Set<String> controllers;
    private final AtomicInteger made = new AtomicInteger();

    /** @param controllers that groups are bounded by: those that are not given to their parent cannot be set */
    Cgroups(@Nullable Path base, String why, Set<String> controllers) {
        this.base = base;
        this.why = why;
        this.controllers = controllers;
    }

    /** What this host allows. */
    static Cgroups probe() {
        return probe(PROC, ProcessHandle.current());
    }

    static Cgroups probe(Path proc, ProcessHandle self) {
        try {
            Optional<Path> mount = mount(proc);
            Optional<String> path = Files.readAllLines(proc.resolve("self/cgroup")).stream()
                    .filter(line -> line.startsWith("0::/"))
                    .map(line -> line.substring("0::/".length()))
                    .findFirst();
            if (mount.isEmpty() || path.isEmpty()) {
                return none("this host has no cgroup v2");
            }
            return divide(mount.get().resolve(path.get()), self);
        } catch (IOException e) {
            return none(String.valueOf(e.getMessage()));
        }
    }

    private static Cgroups none(String why) {
        return new Cgroups(null, why, Set.of());
    }

    private static Optional<Path> mount(Path proc) throws IOException {
        return Files.readAllLines(proc.resolve("self/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields.length > 2 && fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .findFirst();
    }

    private static Cgroups divide(Path own, ProcessHandle self) throws IOException {
        Path above = own.getParent();
        // If this process has moved before.
        boolean moved = above != null
                && own.endsWith(WORKER)
                && words(above.resolve("cgroup.subtree_control")).containsAll(NEEDED);
        Path base = above != null && moved ? above : own;
        Set<String> given = words(base.resolve("cgroup.controllers"));
        if (!given.containsAll(NEEDED)) {
            Set<String> missing = new TreeSet<>(NEEDED);
            missing.removeAll(given);
            return none("its cgroup " + base + " has no " + String.join(", ", missing));
        }
        if (!Files.isWritable(base) || !Files.isWritable(base.resolve("cgroup.subtree_control"))) {
            return none("its cgroup " + base + " is not delegated to it");
        }
        Set<String> ours =
                self.descendants().map(child -> Long.toString(child.pid())).collect(Collectors.toSet());
        ours.add(Long.toString(self.pid()));
        Set<String> inside = words(base.resolve("cgroup.procs"));
        if (!ours.containsAll(inside)) {
            return none("other processes are in its cgroup " + base
                    + ": give the worker one of its own (systemd: a service with Delegate=yes)");
        }
        Path worker = base.resolve(WORKER);
        if (!Files.isDirectory(worker)) {
            Files.createDirectory(worker);
        }
        for (String process : inside) {
            Files.writeString(worker.resolve("cgroup.procs"), process);
        }
        for (String controller : new TreeSet<>(NEEDED)) {
            Files.writeString(base.resolve("cgroup.subtree_control"), "+" + controller);
        }
        return new Cgroups(base, "", NEEDED);
    }

    private static Set<String> words(Path file) throws IOException {
        return new TreeSet<>(List.of(Files.readString(file).strip().split("\\s+")))
                .stream().filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    /** In one line for people: what bounds emulators here, and why nothing else does. */
    String inForce() {
        return base == null
                ? "resource limits (memory, processor time, files); no cgroups: " + why
                : "cgroups below " + base + " (memory, processor time, processes) and resource limits";
    }

    private static String ours() {
        return MACHINE + ProcessHandle.current().pid() + "-";
    }

    /** Clears away what killed processes have left. What still runs in it is ended. */
    void sweep() throws IOException {
        if (base == null) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(base, MACHINE + "*")) {
            for (Path group : left) {
                if (!String.valueOf(group.getFileName()).startsWith(ours())) {
                    remove(group);
                }
            }
        }
    }

    /**
     * For one run of an emulator; empty where there are none.
     *
     * @param memory bytes
     */
    Optional<Group> make(long memory) throws IOException {
        if (base == null) {
            return Optional.empty();
        }
        Path path = base.resolve(ours() + made.incrementAndGet());
        Files.createDirectory(path);
        if (controllers.contains("memory")) {
            Files.writeString(path.resolve("memory.max"), Long.toString(memory));
            Files.writeString(path.resolve("memory.oom.group"), "1");
            if (Files.exists(path.resolve("memory.swap.max"))) {
                Files.writeString(path.resolve("memory.swap.max"), "0");
            }
        }
        if (controllers.contains("cpu")) {
            Files.writeString(path.resolve("cpu.max"), CPU);
        }
        if (controllers.contains("pids")) {
            Files.writeString(path.resolve("pids.max"), PROCESSES);
        }
        return Optional.of(new Group(path));
    }

    /** An emulator's. */
    record Group(Path path) {
        /** What stands before a command that is to run inside. */
        List<String> prefix() {
            return List.of("sh", "-c", ENTER, path.toString());
        }

        /** Ends what is inside. */
        void close() {
            try {
                remove(path);
            } catch (IOException e) {
                LOG.warn("the cgroup {} stays: {}", path, e.toString());
            }
        }
    }

    private static void remove(Path group) throws IOException {
        if (!Files.isDirectory(group)) {
            return;
        }
        Path kill = group.resolve("cgroup.kill"); // since Linux 5.14
        if (Files.exists(kill)) {
            Files.writeString(kill, "1");
        }
        // The kernel takes a moment to bury them.
        for (int tries = 0; ; tries++) {
            try {
                Files.delete(group);
                return;
            } catch (IOException e) {
                if (tries == 50) {
                    throw e;
                }
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
