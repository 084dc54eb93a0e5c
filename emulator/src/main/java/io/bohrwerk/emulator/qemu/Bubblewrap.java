package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * bubblewrap's command line: an emulator in a root of its own that holds the emulator, its libraries and firmware, read-only, and the
 * machine's directory; with PID, IPC, network, UTS and cgroup namespaces of its own, and an empty environment.
 *
 * <p>Where this process is root, bubblewrap makes the namespaces as root, without a user namespace, so that {@code setpriv} behind it can
 * still change to the machine's user: with {@code --uid} the process would stay root outside of its namespace.
 */
final class Bubblewrap {
    /** The machine's directory as the emulator sees it. */
    static final String MACHINE = "/machine";

    /** {@code libz.so.1 => /lib/libz.so.1 (0x..)}, and the interpreter: {@code /lib64/ld-linux-x86-64.so.2 (0x..)}. */
    private static final Pattern LIBRARY = Pattern.compile("^\\s*(?:\\S+ => )?(/\\S+) \\(0x", Pattern.MULTILINE);

    private static final Pattern FIRMWARE = Pattern.compile("\\s-L (/\\S+)");

    private static final Path LOADER_CACHE = Path.of("/etc/ld.so.cache");
    private static final int LONGEST_ANSWER = 64 << 10;
    /** Exit statuses from here on say that a signal ended a process. */
    private static final int KILLED = 128;

    private static final int LONGEST_SCRIPT = 16 << 10;

    private final boolean root;
    /** What commands need of the host, by their programs. */
    private final Map<List<Path>, List<String>> views = new ConcurrentHashMap<>();

    Bubblewrap(boolean root) {
        this.root = root;
    }

    /**
     * What stands before the emulator's command.
     *
     * @param directory the machine's, which the emulator may write to
     * @param programs those that the command runs, the emulator last; absolute paths
     * @param data directories that the emulator is told of by {@code -L}
     * @param lent files that appear in the machine's directory, read-only, by name
     */
    List<String> prefix(Path directory, List<Path> programs, List<Path> data, Map<String, Path> lent)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of("bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "machine"));
        if (!root) {
            command.addAll(List.of("--unshare-user", "--disable-userns"));
        }
        command.addAll(
                List.of("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"));
        List<String> view = views.get(programs);
        if (view == null) {
            view = view(programs, data);
            views.put(List.copyOf(programs), view);
        }
        command.addAll(view);
        command.addAll(List.of("--dev", "/dev", "--proc", "/proc", "--bind", directory.toString(), MACHINE));
        lent.forEach((name, file) -> command.addAll(List.of("--ro-bind", file.toString(), MACHINE + "/" + name)));
        command.addAll(List.of("--chdir", MACHINE, "--remount-ro", "/", "--cap-drop", "ALL"));
        if (root) {
            // For setpriv, which gives them up; the last one to enter the machine's directory, which is another user's.
            for (String capability : List.of("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_DAC_READ_SEARCH")) {
                command.addAll(List.of("--cap-add", capability));
            }
        }
        command.add("--");
        return command;
    }

    /** The mounts that show a command's programs, their libraries and their data. */
    private static List<String> view(List<Path> programs, List<Path> data) throws IOException {
        Set<Path> directories = new TreeSet<>();
        for (Path program : programs) {
            for (Path library : libraries(program)) {
                // As the loader asks for it, and where it is.
                add(directories, library.getParent());
                add(directories, library.toRealPath().getParent());
            }
        }
        for (Path directory : data) {
            add(directories, directory);
        }
        for (Path directory : firmware(programs.get(programs.size() - 1))) {
            add(directories, directory);
            for (Path target : linked(directory)) {
                add(directories, target);
            }
        }
        List<String> mounts = new ArrayList<>();
        Set<Path> shown = new TreeSet<>(directories);
        shown.removeIf(directory ->
                directories.stream().anyMatch(other -> !other.equals(directory) && directory.startsWith(other)));
        shown.addAll(programs);
        if (Files.isReadable(LOADER_CACHE)) {
            shown.add(LOADER_CACHE);
        }
        Set<Path> parents = new TreeSet<>();
        for (Path path : shown) {
            for (Path parent = path.getParent();
                    parent != null && parent.getNameCount() > 0;
                    parent = parent.getParent()) {
                parents.add(parent);
            }
        }
        // Else bubblewrap makes them for root alone.
        parents.forEach(parent -> mounts.addAll(List.of("--perms", "0755", "--dir", parent.toString())));
        shown.forEach(path -> mounts.addAll(List.of("--ro-bind", path.toString(), path.toString())));
        // On a merged /usr: /lib is usr/lib.
        try (DirectoryStream<Path> top = Files.newDirectoryStream(Path.of("/"))) {
            for (Path entry : top) {
                if (Files.isSymbolicLink(entry) && shown.stream().anyMatch(path -> path.startsWith(realPath(entry)))) {
                    mounts.addAll(
                            List.of("--symlink", Files.readSymbolicLink(entry).toString(), entry.toString()));
                }
            }
        }
        return List.copyOf(mounts);
    }

    private static void add(Set<Path> directories, @Nullable Path directory) throws IOException {
        if (directory != null && Files.isDirectory(directory)) {
            directories.add(directory.toRealPath());
        }
    }

    private static Path realPath(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            return link; // it leads nowhere, so nothing is below it
        }
    }

    private static List<Path> libraries(Path program) throws IOException {
        List<Path> libraries = new ArrayList<>();
        Matcher matcher = LIBRARY.matcher(output(List.of("ldd", program.toString())));
        while (matcher.find()) {
            libraries.add(Path.of(matcher.group(1)));
        }
        return libraries;
    }

    /** Where the emulator looks for its firmware. */
    private static List<Path> firmware(Path emulator) throws IOException {
        if (!String.valueOf(emulator.getFileName()).startsWith("qemu-system")) {
            return List.of();
        }
        return output(List.of(emulator.toString(), "-L", "help"))
                .lines()
                .filter(line -> line.startsWith("/"))
                .map(Path::of)
                .toList();
    }

    /** Directories of the files that a directory's links lead to. */
    private static Set<Path> linked(Path directory) throws IOException {
        Set<Path> targets = new TreeSet<>();
        if (!Files.isDirectory(directory)) {
            return targets;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isSymbolicLink(entry) && Files.isRegularFile(entry)) {
                    targets.add(entry.toRealPath().getParent());
                }
            }
        }
        return targets;
    }

    /** Where a program is, by the PATH, or what a script there starts: inside there is no shell. */
    static Path find(String program) throws IOException {
        Path found = onPath(program);
        String text = script(found);
        if (text.isEmpty()) {
            return found;
        }
        // Debian's qemu-system-i386 is a script that picks between two programs of its own name.
        Matcher started = Pattern.compile("/[\\w./-]*/" + Pattern.quote(String.valueOf(found.getFileName())) + "\\b")
                .matcher(text);
        while (started.find()) {
            Path target = Path.of(started.group());
            if (Files.isExecutable(target) && !target.equals(found)) {
                return target.toRealPath();
            }
        }
        throw new IOException(found + " is a script, and no program that it starts was found: name that program");
    }

    /** What a script that starts an emulator adds to its command line: the directories of its firmware. Empty where it is no script. */
    static List<String> firmwareGivenBy(String program) throws IOException {
        List<String> options = new ArrayList<>();
        Matcher given = FIRMWARE.matcher(script(onPath(program)));
        while (given.find()) {
            options.addAll(List.of("-L", given.group(1)));
        }
        return options;
    }

    /** The text of a script; empty for any other program. */
    private static String script(Path program) throws IOException {
        try (InputStream in = Files.newInputStream(program)) {
            String head = new String(in.readNBytes(LONGEST_SCRIPT), StandardCharsets.ISO_8859_1);
            return head.startsWith("#!") ? head : "";
        }
    }

    private static Path onPath(String program) throws IOException {
        if (program.contains("/")) {
            return Path.of(program);
        }
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "/usr/bin:/bin" : path).split(":")) {
            Path found = Path.of(directory.isEmpty() ? "." : directory, program);
            if (Files.isExecutable(found) && Files.isRegularFile(found)) {
                return found.toRealPath();
            }
        }
        throw new IOException(program + " is not on the PATH");
    }

    /** What a command says. {@code ldd} fails for a program without libraries. */
    private static String output(List<String> command) throws IOException {
        Trial.Answer answer = Trial.run(command, LONGEST_ANSWER);
        if (answer.status() >= KILLED) {
            // Its answer is cut, and what is made of it would be kept.
            throw new IOException(
                    String.join(" ", command) + " was killed: exit status " + answer.status() + ": " + answer.said());
        }
        return answer.said();
    }
}
