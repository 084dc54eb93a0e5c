package io.bohrwerk.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * As whom a server runs, and where it sees its directory. As root, it is a user of the server's own who is in no table of users, has no
 * capability and owns nothing else; it enters the directory by a mount of its own, since nobody but root may pass root's home. Else it is
 * the user of this process.
 *
 * @param number of the user and its group; 0 for this process's own
 */
record ServerUser(int number, Path seen) {
    /** Where root's servers see their directory. A directory that every Linux has, and in which services have no business. */
    private static final Path MOUNT = Path.of("/mnt");
    /** To systemd's table of numbers nobody's, and apart from those of emulators. */
    private static final int FIRST = 1_899_000_000;

    private static final int COUNT = 1_000_000;
    /** For hosts and containers that know no large numbers: those from which systemd takes users for services. */
    private static final int FIRST_SMALL = 61_184;

    private static final int COUNT_SMALL = 4_336;
    private static final int TRIES = 20;
    /** A table of users for the server, with itself in it. */
    private static final String PASSWD = "passwd";

    private static final long PROBE_SECONDS = 30;

    /**
     * Finds the one whose data it is, or chooses one.
     *
     * @param directory of the server
     * @param data in it, whose owner the user stays; need not be there
     * @throws IOException when this process is root and the host allows no such user, with what to do
     */
    static ServerUser of(Path directory, Path data) throws IOException {
        if (number(Path.of("/proc/self"), "unix:uid") != 0) {
            return new ServerUser(0, directory);
        }
        int owner = Files.isDirectory(data, LinkOption.NOFOLLOW_LINKS) ? number(data, "unix:uid") : 0;
        ServerUser user = owner == 0 ? choose() : new ServerUser(owner, MOUNT);
        // PostgreSQL's programs do not run as someone without a name.
        Files.writeString(
                directory.resolve(PASSWD),
                "bohrwerk-server:x:" + user.number + ":" + user.number + "::/nonexistent:/bin/false\n");
        Files.setPosixFilePermissions(directory.resolve(PASSWD), PosixFilePermissions.fromString("rw-r--r--"));
        String refused = user.trial(directory);
        if (!refused.isEmpty()) {
            throw new IOException("PostgreSQL must not run as root, and this host does not let root start it as another"
                    + " user in a mount namespace of its own (" + refused + "): run it all as an ordinary user, for"
                    + " example with runuser -u NAME, or give the container CAP_SYS_ADMIN");
        }
        return user;
    }

    private static ServerUser choose() throws IOException {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < TRIES; i++) {
            boolean small = i >= TRIES / 2;
            ServerUser user = new ServerUser(
                    small ? FIRST_SMALL + random.nextInt(COUNT_SMALL) : FIRST + random.nextInt(COUNT), MOUNT);
            if (!user.taken() && run(user.as(List.of("true"))).isEmpty()) {
                return user;
            }
        }
        throw new IOException("PostgreSQL must not run as root, and this host lets root start nothing as another user"
                + " (setpriv --reuid); run it all as an ordinary user, for example with runuser -u NAME");
    }

    /** Whether it is somebody's, by the table of users or by a process. */
    private boolean taken() throws IOException {
        if (run(List.of("getent", "passwd", Integer.toString(number))).isEmpty()) {
            return true;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    if (number(process, "unix:uid") == number) {
                        return true;
                    }
                } catch (IOException e) {
                    // Ended in between.
                }
            }
        }
        return false;
    }

    boolean apart() {
        return number != 0;
    }

    /** Where the server sees what is here in the directory. */
    Path seen(String name) {
        return seen.resolve(name);
    }

    /** The command as the server's user, in whose place the process runs it from then on: no process in between. */
    List<String> command(Path directory, List<String> words) {
        if (!apart()) {
            return words;
        }
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "--",
                "/bin/sh",
                "-c",
                "mount --bind \"$1\" " + MOUNT + " && mount --bind " + MOUNT + "/" + PASSWD + " /etc/passwd && cd "
                        + MOUNT + " && shift && exec \"$@\"",
                "server",
                directory.toString()));
        command.addAll(as(words));
        return command;
    }

    private List<String> as(List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + number,
                "--regid=" + number,
                "--clear-groups",
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=-all",
                "--"));
        command.addAll(words);
        return command;
    }

    private String trial(Path directory) throws IOException {
        return run(command(directory, List.of("true")));
    }

    /** @return empty when it ended well, else what it said */
    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(4_096), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                return command.get(0) + " does not end";
            }
            if (process.exitValue() == 0) {
                return "";
            }
            return said.isEmpty() ? command.get(0) + " ended with " + process.exitValue() : said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking at what this host allows", e);
        } finally {
            process.destroyForcibly();
        }
    }

    static int number(Path file, String attribute) throws IOException {
        if (Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS) instanceof Integer number) {
            return number;
        }
        throw new IOException(file + " has no " + attribute);
    }
}
