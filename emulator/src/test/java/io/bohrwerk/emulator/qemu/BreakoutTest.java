package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a guest that has broken out of its emulator would try next: each attempt prints {@code GOT} when it gets what it is after. None does
 * inside the walls; and with each wall taken down some do, so the attempts are known to see it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("root")
class BreakoutTest {
    private static final List<String> TOOLS = List.of(
            "cat", "grep", "id", "ln", "mkfifo", "mknod", "chmod", "ls", "env", "mount", "perl", "chroot", "nice", "sh",
            "true", "dd", "rm");
    private static final String SECRET = "a-secret-of-the-host";
    private static final long LIMIT_SECONDS = 20;

    @TempDir
    Path parent;

    private Path directory;
    private Confinement.Cell cell;
    private ServerSocket tcp;
    private final List<Process> started = new ArrayList<>();
    private final Map<String, String> attempts = new TreeMap<>();

    static boolean root() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeEach
    void host() throws Exception {
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        directory = Files.createDirectory(parent.resolve("machine"));
        cell = Confinement.probe().cell();
        cell.give(directory);
        attempts();
    }

    @AfterEach
    void end() throws IOException {
        for (Process process : started) {
            process.destroyForcibly();
        }
        if (tcp != null) {
            tcp.close();
        }
    }

    /** What lies about on the host, readable by all: only walls keep it from the emulator. */
    private void attempts() throws Exception {
        Path secret = open(Files.writeString(parent.resolve("secret"), SECRET));
        Path other = Files.createDirectory(parent.resolve("other-machine"));
        Files.writeString(other.resolve("state.qcow2"), SECRET);
        Path socket = parent.resolve("host.sock");
        String abstractName = "bohrwerk-breakout-" + ProcessHandle.current().pid();
        listen(
                "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; chmod 0777, $ARGV[0];"
                        + " listen(S, 5); $|=1; print qq(up\\n); while (accept(C, S)) { close C }",
                socket.toString());
        listen(
                "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un(qq(\\0$ARGV[0]))) or die;"
                        + " listen(S, 5); $|=1; print qq(up\\n); while (accept(C, S)) { close C }",
                abstractName);
        tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        long victim = start("perl", "-e", "$|=1; print qq(up\n); sleep 600", "the-victims-argument")
                .pid();
        listen(
                "$id = shmget(0x0b0471, 4096, 0666 | 01000); shmwrite($id, 'S', 0, 1); $|=1; print qq(up\\n);"
                        + " $SIG{TERM} = sub { shmctl($id, 0, 0); exit }; sleep 600",
                "-");
        Path shared = open(Files.writeString(Path.of("/dev/shm", abstractName), SECRET));
        shared.toFile().deleteOnExit();

        // Files of the host
        attempt("host file that everyone may read", "grep -q " + SECRET + " " + secret + " && echo GOT");
        attempt("file of another machine", "cat " + other + "/state.qcow2 && echo GOT");
        attempt("passwd of the host", "grep -q root: /etc/passwd && echo GOT");
        attempt("shadow of the host", "cat /etc/shadow && echo GOT");
        attempt("listing of /tmp", "ls /tmp && echo GOT");
        attempt("listing of /root", "ls /root && echo GOT");
        attempt("listing of /home", "ls /home && echo GOT");
        attempt("listing of /var", "ls /var/lib && echo GOT");
        attempt("listing of /run", "ls /run && echo GOT");
        attempt("listing of /sys", "ls /sys/class && echo GOT");
        attempt("shared memory file of the host", "cat /dev/shm/" + abstractName + " && echo GOT");
        attempt("host file through /proc/self/root", "cat /proc/self/root/../.." + secret + " && echo GOT");
        attempt("host file through the directory above", "cat ../secret && echo GOT");
        attempt("host file through the root of PID 1", "cat /proc/1/root" + secret + " && echo GOT");
        attempt("link to a host file, read here", "ln -s " + secret + " here; cat here && echo GOT");
        attempt("hard link to a host file", "ln " + secret + " hard && echo GOT");
        attempt("writing to /usr", "echo x > /usr/x && echo GOT");
        attempt("writing to /", "echo x > /x && echo GOT");
        attempt("replacing the emulator", "echo x > /usr/bin/perl && echo GOT");
        attempt("writing where the host would run it", "mkfifo /etc/x && echo GOT");
        // Devices and the kernel
        attempt("block device", "ls /dev | grep -qE '^(sd|vd|nvme)' && echo GOT");
        attempt("kernel memory", "dd if=/dev/mem bs=1 count=1 || dd if=/proc/kcore bs=1 count=1 && echo GOT");
        attempt("device node of its own", "mknod disk b 254 0 && echo GOT");
        attempt("core pattern", "echo '|/machine/x' > /proc/sys/kernel/core_pattern && echo GOT");
        attempt("sysrq", "echo h > /proc/sysrq-trigger && echo GOT");
        attempt("kernel's log", "perl -e 'syscall(103, 3, $b = \"x\" x 9, 8) >= 0 and print \"GOT\"'");
        attempt("mount", "mount -t tmpfs t /machine && echo GOT");
        attempt("remount for writing", "mount -o remount,rw / && echo GOT");
        attempt("chroot", "chroot /machine /true || chroot / true && echo GOT");
        // Processes
        attempt("other processes in /proc", "ls -d /proc/[0-9]*[0-9][0-9][0-9] && echo GOT");
        attempt(
                "argument of another process",
                "grep -sq the-victims-argument /proc/" + victim + "/cmdline && echo GOT");
        attempt(
                "asking after a process of the host",
                "perl -e 'print \"GOT\" if kill(0, " + victim + ") or $!{EPERM}'");
        attempt("killing a process of the host", "perl -e 'print \"GOT\" if kill(19, " + victim + ")'");
        attempt(
                "debugging a process of the host",
                "perl -e 'print \"GOT\" if syscall(101, 16, " + victim + ", 0, 0) == 0'");
        attempt("environment of PID 1", "cat /proc/1/environ | grep -q . && echo GOT");
        attempt("environment of the worker", "env | grep -q BOHRWERK_SECRET && echo GOT");
        attempt("becoming root", "perl -e '$< = $> = 0; print \"GOT\" if $> == 0 || $< == 0'");
        attempt("becoming another user", "perl -e '$> = 4242; print \"GOT\" if $> == 4242'");
        attempt(
                "capabilities",
                "grep -E 'Cap(Eff|Prm|Bnd|Amb):' /proc/self/status | grep -qv 0000000000000000 && echo GOT");
        attempt("new privileges", "grep -q 'NoNewPrivs:.*0' /proc/self/status && echo GOT");
        attempt("escaping the OOM killer", "echo -1000 > /proc/self/oom_score_adj && echo GOT");
        attempt("being spared by the OOM killer", "grep -q '^0$' /proc/self/oom_score_adj && echo GOT");
        attempt("a larger share of the CPU", "nice -n -10 perl -e 'print \"GOT\" if getpriority(0, 0) < 0' 2>&1");
        attempt(
                "more processes than a machine may have",
                "perl -e 'for (1..300) { defined($p = fork) or exit; $p or do { sleep 3; exit } } print \"GOT\"'");
        // Sockets
        attempt("socket in the host's file system", connect("AF_UNIX", "sockaddr_un(q(" + socket + "))"));
        attempt("abstract socket of the host", connect("AF_UNIX", "sockaddr_un(qq(\\0" + abstractName + "))"));
        attempt(
                "TCP on the host's loopback",
                connect("AF_INET", "sockaddr_in(" + tcp.getLocalPort() + ", inet_aton(q(127.0.0.1)))"));
        attempt("network interface", "grep -qv -e lo: -e '|' /proc/net/dev && echo GOT");
        attempt("raw socket", "perl -e 'use Socket; print \"GOT\" if socket(S, AF_INET, SOCK_RAW, 1)'");
        attempt("SysV shared memory of the host", "perl -e 'print \"GOT\" if defined shmget(0x0b0471, 1, 0)'");
    }

    private void attempt(String name, String script) {
        attempts.put(name, script);
    }

    private static String connect(String family, String address) {
        return "perl -e 'use Socket; socket(S, " + family + ", SOCK_STREAM, 0); print qq(GOT) if connect(S, " + address
                + ")'";
    }

    private static Path open(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    private void listen(String script, String argument) throws Exception {
        start("perl", "-e", script, argument);
    }

    /** Starts a process of the host's that says "up" when it is. */
    private Process start(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("BOHRWERK_SECRET", SECRET);
        Process process = builder.start();
        started.add(process);
        assertThat(new String(process.getInputStream().readNBytes(2), StandardCharsets.US_ASCII))
                .isEqualTo("up");
        return process;
    }

    /** The names of the attempts that got something. */
    private TreeSet<String> successes(List<String> prefix) throws Exception {
        TreeSet<String> got = new TreeSet<>();
        for (Map.Entry<String, String> attempt : attempts.entrySet()) {
            if (run(prefix, attempt.getValue()).contains("GOT")) {
                got.add(attempt.getKey());
            }
        }
        return got;
    }

    private String run(List<String> prefix, String script) throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.add(script);
        Path said = parent.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("BOHRWERK_SECRET", SECRET);
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertThat(ended).as(script).isTrue();
        return Files.readString(said, StandardCharsets.ISO_8859_1);
    }

    private List<String> walls() throws IOException {
        return cell.confine(directory, List.of("sh", "-c"), TOOLS);
    }

    @Test
    void nothingIsGotInsideTheWalls() throws Exception {
        assertThat(attempts).hasSizeGreaterThanOrEqualTo(40);
        assertThat(run(walls(), "echo alive")).contains("alive");
        assertThat(successes(walls())).isEmpty();
    }

    /** A wall taken down, and an attempt that must get through then. */
    record Breach(String wall, String attempt) {}

    static List<Breach> breaches() {
        return List.of(
                new Breach("file system", "host file that everyone may read"),
                new Breach("--unshare-pid", "asking after a process of the host"),
                new Breach("--unshare-net", "TCP on the host's loopback"),
                new Breach("--unshare-ipc", "SysV shared memory of the host"),
                new Breach("--clearenv", "environment of the worker"),
                new Breach("user", "becoming another user"),
                new Breach("choom", "being spared by the OOM killer"),
                new Breach("--remount-ro", "writing to /"),
                new Breach("prlimit", "more processes than a machine may have"));
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void aMissingWallIsSeen(Breach breach) throws Exception {
        assertThat(successes(without(breach.wall(), walls()))).contains(breach.attempt());
    }

    private List<String> without(String wall, List<String> walls) throws IOException {
        List<String> less = new ArrayList<>(walls);
        switch (wall) {
            case "file system" ->
                less.addAll(
                        less.indexOf("--bind"),
                        List.of("--perms", "0755", "--dir", "/tmp", "--ro-bind", parent.toString(), parent.toString()));
            case "user" ->
                less.removeIf(word -> word.startsWith("--reuid=")
                        || word.startsWith("--regid=")
                        || word.equals("--bounding-set=-all")
                        || word.equals("--clear-groups"));
            case "choom" -> less.subList(0, 4).clear();
            case "--remount-ro" -> {
                int at = less.indexOf(wall);
                // Open to all, as root without a wall around it would find it.
                less.subList(at, at + 2).clear();
                less.removeIf(word -> word.startsWith("--reuid=")
                        || word.startsWith("--regid=")
                        || word.equals("--bounding-set=-all")
                        || word.equals("--clear-groups"));
            }
            case "prlimit" -> less.removeIf(word -> word.startsWith("--nproc="));
            default -> less.remove(wall);
        }
        return less;
    }
}
