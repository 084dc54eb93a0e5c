package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an emulator that a hostile guest has taken over can still reach on its host: next to nothing. It sees a root file system with the
 * emulator and its machine's directory, no other process, no network and no environment ({@link Bubblewrap}); it gains no privileges; and where
 * this process is root it runs as a user of its own, who owns nothing but its machine's directory.
 *
 * <p>Probed once, by trying: containers and hardened hosts forbid one or the other. QEMU's own {@code -runas} is of no use here: it reads
 * kernels, which are the guest's, as root, and QEMU's sandbox then kills it for giving that up.
 */
public final class Confinement {
    /** What to do on a host that forbids a wall. */
    public enum Demand {
        /** Refuse to start. */
        REQUIRED,
        /** Start without it, and log which are missing. */
        AVAILABLE
    }

    private static final Logger LOG = LoggerFactory.getLogger(Confinement.class);

    /** To systemd's table of numbers nobody's: above those that containers are given, below what is a negative number to some. */
    private static final int FIRST_USER = 1_900_000_000;
    /** Machines of one process that are open at once, many times over. */
    private static final int USERS = 100_000;
    /** {@code nobody}, for containers that know no large numbers: all machines share it. */
    private static final int NOBODY = 65_534;
    /** QEMU's threads: a few, and up to 64 that read and write files. */
    private static final int MOST_THREADS = 256;

    private static final int ROOT = 0;
    private static final int KIND_OF_FILE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int FIFO = 0010000;
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final String EMULATOR = "qemu-system";

    private static final List<String> NOTHING_GAINED = List.of("setpriv", "--no-new-privs", "--inh-caps=-all");

    /** The first processes that the kernel kills when memory runs out. */
    private static final int OOM_SCORE = 1000;

    private static final String ADDRESS_SPACE = "--as=";
    /** For commands that are no emulators: probes and tests. */
    private static final long MEMORY_OF_OTHERS = 1L << 30;

    private final boolean root;
    private final @Nullable Bubblewrap walls;
    private final boolean userEach;
    private final Cgroups groups;
    private final AtomicInteger machines = new AtomicInteger();

    private Confinement(boolean root, @Nullable Bubblewrap walls, boolean userEach, Cgroups groups) {
        this.root = root;
        this.groups = groups;
        this.walls = walls;
        this.userEach = userEach;
        // Processes that share this host begin in different places.
        machines.set((int) (ProcessHandle.current().pid() * 1_000 % USERS));
    }

    /** What this host allows; where this process is root, all walls are required. */
    public static Confinement probe() throws IOException {
        return probe(null);
    }

    /**
     * What this host allows.
     *
     * @param demand null: {@code REQUIRED} where this process is root, else {@code AVAILABLE}
     * @throws IOException when a wall is missing that is required, with the reason
     */
    public static Confinement probe(@Nullable Demand demand) throws IOException {
        boolean root = number(Path.of("/proc/self/status"), "unix:uid") == ROOT;
        List<String> missing = new ArrayList<>();
        String asUser = root ? Trial.complaint(as(FIRST_USER), List.of("true")) : "";
        boolean userEach = root && asUser.isEmpty();
        if (root && !userEach) {
            String asNobody = Trial.complaint(as(NOBODY), List.of("true"));
            if (!asNobody.isEmpty()) {
                throw new IOException(
                        "this process is root and cannot start emulators as another user (setpriv --reuid: " + asNobody
                                + "); run it as an unprivileged user");
            }
            missing.add("a user for each machine (setpriv: " + asUser + ")");
        }
        Bubblewrap walls = new Bubblewrap(root);
        String why = complaint(walls);
        if (!why.isEmpty()) {
            walls = null;
            missing.add("its own file system, processes and network (bubblewrap: " + why + ")");
        }
        boolean required = demand == Demand.REQUIRED || demand == null && root;
        if (!missing.isEmpty()) {
            String message = "this host does not give an emulator " + String.join(", nor ", missing);
            if (required) {
                throw new IOException(
                        message + "; install bubblewrap 0.8 or newer, or set bohrwerk.worker.confinement=available"
                                + " to run hostile guests without");
            }
            LOG.warn("{}: a guest that breaks out of its emulator reaches that", message);
        }
        Cgroups groups = Cgroups.probe();
        groups.sweep();
        LOG.info("emulators are bounded by {}", groups.inForce());
        return new Confinement(root, walls, userEach, groups);
    }

    private static String complaint(Bubblewrap walls) {
        Path directory = null;
        try {
            directory = Files.createTempDirectory("bohrwerk-probe");
            List<String> command = walls.prefix(directory, List.of(Bubblewrap.find("setpriv")), List.of(), Map.of());
            command.add(Bubblewrap.find("setpriv").toString());
            command.add("--dump");
            return Trial.complaint(command, List.of());
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } finally {
            if (directory != null) {
                directory.toFile().delete();
            }
        }
    }

    /** For one machine of the system's QEMU: others cannot reach it, nor it them. */
    public Cell cell() {
        return cell(Installation.SYSTEM);
    }

    /** As {@link #cell()}, for a QEMU of choice. */
    public Cell cell(Installation qemu) {
        return new Cell(qemu, userEach ? FIRST_USER + Math.floorMod(machines.getAndIncrement(), USERS) : NOBODY);
    }

    /**
     * What confinement adds to a process's start, for benchmarks: the median of starts inside less that of starts outside.
     *
     * @return milliseconds
     */
    public double millisPerStart(int times) throws IOException {
        Path directory = Files.createTempDirectory("bohrwerk-start");
        try {
            Cell cell = cell();
            cell.give(directory);
            List<String> bare = List.of("setpriv", "--dump");
            double[] inside = new double[times];
            double[] outside = new double[times];
            for (int i = 0; i < times; i++) {
                inside[i] = millis(cell.confine(directory, bare));
                outside[i] = millis(bare);
            }
            Arrays.sort(inside);
            Arrays.sort(outside);
            return inside[times / 2] - outside[times / 2];
        } finally {
            Files.delete(directory);
        }
    }

    private static double millis(List<String> command) throws IOException {
        long began = System.nanoTime();
        String complaint = Trial.complaint(command, List.of());
        if (!complaint.isEmpty()) {
            throw new IOException(complaint);
        }
        return (System.nanoTime() - began) / 1e6;
    }

    private static List<String> as(int user) {
        List<String> command = new ArrayList<>(NOTHING_GAINED);
        command.addAll(List.of("--reuid=" + user, "--regid=" + user, "--clear-groups", "--bounding-set=-all", "--"));
        return command;
    }

    /** Of the file itself, if it is a link. */
    private static int number(Path file, String attribute) throws IOException {
        Object value = Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
        if (value instanceof Integer number) {
            return number;
        }
        throw new IOException(file + " has no " + attribute);
    }

    /** One machine's confinement. One thread uses it at a time. */
    public final class Cell {
        private final Installation qemu;
        private final int user;
        private final Map<String, Path> lent = new TreeMap<>();
        private Cgroups.@Nullable Group group;

        private Cell(Installation qemu, int user) {
            this.qemu = qemu;
            this.user = user;
        }

        /** The emulator's program, outside. */
        String program(String name) throws IOException {
            return qemu.program(name);
        }

        /**
         * An emulator's command as it is to be started, in its machine's directory: with the walls around it.
         *
         * @param command limits, then the emulator with its options, from {@link QemuCommandLine}
         */
        List<String> confine(Path directory, List<String> command) throws IOException {
            return confine(directory, command, List.of());
        }

        /** @param tools programs that can be run inside besides the command's own: for tests of the walls */
        List<String> confine(Path directory, List<String> command, List<String> tools) throws IOException {
            List<String> confined = new ArrayList<>();
            group = groups.make(memory(command)).orElse(null);
            if (group != null) {
                confined.addAll(group.prefix());
            }
            confined.addAll(List.of("choom", "-n", Integer.toString(OOM_SCORE), "--"));
            List<String> inner = new ArrayList<>();
            if (root) {
                if (userEach) {
                    // Counted per user, so it would count others' processes where the user is not the machine's own.
                    inner.addAll(List.of("prlimit", "--nproc=" + MOST_THREADS, "--"));
                }
                inner.addAll(as(user));
            } else {
                inner.addAll(NOTHING_GAINED);
                inner.add("--");
            }
            inner.addAll(command);
            int at = 0;
            while (at < inner.size() && !isEmulator(inner.get(at))) {
                at++;
            }
            if (at < inner.size()) {
                inner.set(at, qemu.program(inner.get(at)));
            }
            if (walls == null) {
                confined.addAll(inner);
                return confined;
            }
            at = at == inner.size() ? inner.size() - command.size() : at;
            inner.addAll(at + 1, Bubblewrap.firmwareGivenBy(inner.get(at)));
            List<Path> programs = new ArrayList<>();
            for (String tool : tools) {
                programs.add(Bubblewrap.find(tool));
            }
            for (int i = 0; i <= at; i++) {
                if (i == at || inner.get(i).equals("setpriv") || inner.get(i).equals("prlimit")) {
                    Path program = Bubblewrap.find(inner.get(i));
                    inner.set(i, program.toString());
                    programs.add(program);
                }
            }
            List<Path> data = new ArrayList<>();
            for (int i = at; i + 1 < inner.size(); i++) {
                if (inner.get(i).equals("-L")) {
                    data.add(Path.of(inner.get(i + 1)));
                }
            }
            confined.addAll(walls.prefix(directory.toAbsolutePath(), programs, data, root ? Map.of() : lent));
            confined.addAll(inner);
            return confined;
        }

        /** Of which address space it is allowed, it can use no more. */
        private static long memory(List<String> command) {
            return command.stream()
                    .filter(word -> word.startsWith(ADDRESS_SPACE))
                    .mapToLong(word -> Long.parseLong(word.substring(ADDRESS_SPACE.length())))
                    .findFirst()
                    .orElse(MEMORY_OF_OTHERS);
        }

        private static boolean isEmulator(String word) {
            return word.substring(word.lastIndexOf('/') + 1).startsWith(EMULATOR);
        }

        /** Lets the emulator read a file, under a name in its directory, from its next start on. */
        public void lend(String name, Path file) {
            lent.put(name, file.toAbsolutePath());
        }

        /** Makes a directory with its files the emulator's, which is about to start. */
        void give(Path directory) throws IOException {
            for (Map.Entry<String, Path> file : lent.entrySet()) {
                lay(file.getValue(), directory.resolve(file.getKey()));
            }
            Files.setPosixFilePermissions(directory, PRIVATE);
            if (!root) {
                return;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    if (!lent.containsKey(String.valueOf(file.getFileName()))) {
                        chown(file, user);
                    }
                }
            }
            chown(directory, user);
        }

        /**
         * Takes it back from an emulator that has ended. Whatever it has put there that is neither a file of its own nor a FIFO goes: this
         * process would follow a link to what the emulator must not see.
         */
        void takeBack(Path directory) throws IOException {
            if (group != null) {
                group.close();
            }
            try {
                if (root) {
                    chown(directory, ROOT);
                }
                Files.setPosixFilePermissions(directory, PRIVATE);
            } catch (NoSuchFileException e) {
                return; // the machine was closed, and its directory went
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    if (!harmless(file)) {
                        Files.delete(file);
                    }
                }
            }
        }

        private boolean harmless(Path file) throws IOException {
            int kind = number(file, "unix:mode") & KIND_OF_FILE;
            boolean single = number(file, "unix:nlink") == 1;
            return kind == FIFO || kind == REGULAR && single;
        }

        /** A user of its own cannot walk to where the file is, so a link to it must be a hard one, or a copy. */
        private void lay(Path file, Path place) throws IOException {
            Files.deleteIfExists(place);
            if (!root && walls != null) {
                return; // bubblewrap shows it there
            }
            if (!root) {
                Files.createSymbolicLink(place, file);
                return;
            }
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                try {
                    Files.createLink(place, file.toRealPath());
                    return;
                } catch (IOException e) {
                    LOG.debug("{} is on another disk, or may not be linked to: it is copied", file, e);
                }
            }
            Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r--r--r--"));
        }

        private static void chown(Path file, int user) throws IOException {
            Files.setAttribute(file, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
