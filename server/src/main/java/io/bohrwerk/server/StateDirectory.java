package io.bohrwerk.server;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one directory in which everything lives: {@code $BOHRWERK_HOME}, or {@code ~/.bohrwerk}.
 *
 * <pre>
 * lock running.json     who runs here, and where it answers
 * ports.json            of the parts inside, chosen once
 * token                 opens everything of a server that wants tokens; stays when one is started without
 * postgres/ kafka/ blobs/
 * worker/               snapshots and machines; can be deleted while nothing runs
 * cache/                Debian packages that targets are made of
 * targets/ downloads/   what {@code target build}, {@code demo} and {@code submit --watch} leave
 * logs/bohrwerk.log
 * </pre>
 */
public final class StateDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;

    private StateDirectory(Path path) {
        this.path = path;
    }

    public static StateDirectory ofEnvironment() {
        @Nullable String home = System.getenv("BOHRWERK_HOME");
        return new StateDirectory(
                home == null || home.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".bohrwerk")
                        : Path.of(home).toAbsolutePath());
    }

    public static StateDirectory at(Path path) {
        return new StateDirectory(path.toAbsolutePath());
    }

    public Path path() {
        return path;
    }

    public Path logFile() {
        return path.resolve("logs").resolve("bohrwerk.log");
    }

    public Path downloads() {
        return path.resolve("downloads");
    }

    public Path targets() {
        return path.resolve("targets");
    }

    Path postgres() {
        return path.resolve("postgres");
    }

    Path kafka() {
        return path.resolve("kafka");
    }

    Path blobs() {
        return path.resolve("blobs");
    }

    Path worker() {
        return path.resolve("worker");
    }

    /**
     * Who runs here now.
     *
     * @param startedAt the process's, since process ids are used again
     * @param tokens whether callers must show one
     */
    public record Running(String url, long pid, Instant startedAt, boolean tokens) {
        static Running here(String url, boolean tokens) {
            ProcessHandle self = ProcessHandle.current();
            return new Running(url, self.pid(), startOf(self), tokens);
        }

        public URI uri() {
            return URI.create(url);
        }

        /** The process, when it is still the one that was meant. */
        public Optional<ProcessHandle> process() {
            return ProcessHandle.of(pid)
                    .filter(process -> process.isAlive() && startOf(process).equals(startedAt));
        }

        private static Instant startOf(ProcessHandle process) {
            return process.info().startInstant().orElse(Instant.EPOCH);
        }
    }

    /**
     * The administrator's token, while a server runs here that wants tokens. At other times whatever listens on the port may be
     * somebody else's, and is not to see it.
     */
    public Optional<String> token() throws IOException {
        if (!running().map(Running::tokens).orElse(false)) {
            return Optional.empty();
        }
        SecretFile.check(tokenFile());
        return Optional.of(Files.readString(tokenFile()).strip());
    }

    Path tokenFile() {
        return path.resolve("token");
    }

    boolean hasToken() {
        return Files.exists(tokenFile(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes the administrator's token, unless there is one: 256 random bits in a file for its owner alone.
     *
     * @throws IOException when others can read or change the one that is there
     */
    Path ensureToken() throws IOException {
        Path file = tokenFile();
        if (hasToken()) {
            SecretFile.check(file);
        } else {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            String secret = "bw_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            try (FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(ByteBuffer.wrap((secret + "\n").getBytes(StandardCharsets.US_ASCII)));
            }
        }
        return file;
    }

    /** Ports of the parts inside. */
    record Ports(int kafka) {}

    /** What runs in this directory now and answers there; empty when nothing does, or it is still starting. */
    public Optional<Running> running() throws IOException {
        Path file = path.resolve("running.json");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Wire.read(Files.readAllBytes(file), Running.class))
                    .filter(running -> running.process().isPresent());
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    void publish(Running running) throws IOException {
        write("running.json", running);
    }

    void withdraw() throws IOException {
        Files.deleteIfExists(path.resolve("running.json"));
    }

    /** The same ports as the last time, since files of the parts may name them; others where these are taken. */
    Ports ports() throws IOException {
        Path file = path.resolve("ports.json");
        Ports ports;
        if (Files.isRegularFile(file)) {
            try {
                ports = Wire.read(Files.readAllBytes(file), Ports.class);
            } catch (InvalidInputException e) {
                throw new IOException(file + " is damaged (" + e.getMessage() + "); delete it", e);
            }
        } else {
            ports = new Ports(freePort());
        }
        ports = new Ports(orFree(ports.kafka()));
        write("ports.json", ports);
        return ports;
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As servers do: a connection of the last run that lingers in TIME_WAIT is no reason to refuse.
            socket.setReuseAddress(true);
            socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int orFree(int port) throws IOException {
        return isFree(port) ? port : freePort();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Held while an all-in-one runs here. */
    record Lock(FileChannel channel, FileLock lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Null when another process has it. The kernel lets go of it however a process ends, but also when that process closes any
     * other channel to the file: so nothing else ever opens it.
     */
    @Nullable
    Lock tryLock() throws IOException {
        close();
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return null;
        }
        return new Lock(channel, lock);
    }

    /**
     * Makes the directory when it is missing, and shuts others out: what lies here opens everything, and an earlier version left it open to
     * be read.
     *
     * @throws IOException when it is somebody else's, or others can write to it
     */
    private void close() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            return;
        }
        if (!Files.getOwner(path).equals(SecretFile.thisUser())) {
            throw new IOException(path + " belongs to " + Files.getOwner(path) + ", and this process runs as "
                    + SecretFile.thisUser() + ": set BOHRWERK_HOME to a directory of your own");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("others can write to " + path + " (" + PosixFilePermissions.toString(permissions)
                    + "), so its contents may be theirs. Set BOHRWERK_HOME to another directory, or inspect this one and"
                    + " then run: chmod 700 " + path);
        }
        Files.setPosixFilePermissions(path, OWNER_ONLY);
    }

    private void write(String name, Object document) throws IOException {
        Path part = path.resolve(name + ".part");
        Files.write(part, Wire.write(document));
        Files.move(part, path.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
