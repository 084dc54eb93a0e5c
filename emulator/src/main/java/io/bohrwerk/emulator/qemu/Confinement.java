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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an emulator that a hostile guest has taken over may still reach of its host: next to nothing. It gains no privileges, it has a
 * network of its own with nothing in it where the host allows that, and where this process is root it runs as a user of its own, who owns
 * nothing but its machine's directory.
 *
 * <p>Probed once, by trying: containers and hardened hosts forbid one or the other. QEMU's own {@code -runas} is of no use here: it reads
 * kernels, which are the guest's, as root, and QEMU's sandbox then kills it for giving that up.
 */
public final class Confinement {
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
    private static final long PROBE_SECONDS = 30;

    private static final List<String> NOTHING_GAINED = List.of("setpriv", "--no-new-privs", "--inh-caps=-all");

    private final boolean root;
    private final List<String> namespaces;
    private final boolean userEach;
    private final AtomicInteger machines = new AtomicInteger();

    private Confinement(boolean root, List<String> namespaces, boolean userEach) {
        this.root = root;
        this.namespaces = namespaces;
        this.userEach = userEach;
        // Processes that share this host begin in different places.
        machines.set((int) (ProcessHandle.current().pid() * 1_000 % USERS));
    }

    /** What this host allows. */
    public static Confinement probe() throws IOException {
        boolean root = number(Path.of("/proc/self/status"), "unix:uid") == ROOT;
        List<String> namespaces = root
                ? List.of("unshare", "--net", "--ipc", "--")
                : List.of("unshare", "--user", "--map-current-user", "--net", "--ipc", "--");
        if (!works(namespaces)) {
            LOG.warn("this host forbids namespaces: emulators share its network");
            namespaces = List.of();
        }
        boolean userEach = root && works(as(FIRST_USER));
        if (root && !userEach && !works(as(NOBODY))) {
            throw new IOException("this process is root and cannot start emulators as another user (setpriv"
                    + " --reuid); run it as an unprivileged user");
        }
        return new Confinement(root, namespaces, userEach);
    }

    /** For one machine: others cannot reach it, nor it them. */
    public Cell cell() {
        return new Cell(userEach ? FIRST_USER + Math.floorMod(machines.getAndIncrement(), USERS) : NOBODY);
    }

    private static List<String> as(int user) {
        List<String> command = new ArrayList<>(NOTHING_GAINED);
        command.addAll(List.of("--reuid=" + user, "--regid=" + user, "--clear-groups", "--bounding-set=-all", "--"));
        return command;
    }

    private static boolean works(List<String> prefix) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking at what this host allows", e);
        } finally {
            process.destroyForcibly();
        }
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
        private final int user;
        private final Map<String, Path> lent = new TreeMap<>();

        private Cell(int user) {
            this.user = user;
        }

        /** What stands before an emulator's command. It runs in the process that becomes the emulator. */
        List<String> prefix() {
            List<String> prefix = new ArrayList<>(namespaces);
            if (root) {
                if (userEach) {
                    // Counted per user, so it would count others' processes where the user is not the machine's own.
                    prefix.addAll(List.of("prlimit", "--nproc=" + MOST_THREADS, "--"));
                }
                prefix.addAll(as(user));
            } else {
                prefix.addAll(NOTHING_GAINED);
                prefix.add("--");
            }
            return prefix;
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
            if (!root) {
                return;
            }
            try {
                chown(directory, ROOT);
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
