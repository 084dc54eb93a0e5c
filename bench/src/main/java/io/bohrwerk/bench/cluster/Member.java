package io.bohrwerk.bench.cluster;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One process of the cluster, which can be killed and started again. For one thread. */
public final class Member {
    private final String name;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;

    /** @param log of what it prints; appended to */
    public Member(String name, List<String> command, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
    }

    public String name() {
        return name;
    }

    public void start() throws IOException {
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .start();
    }

    public boolean alive() {
        return process != null && process.isAlive();
    }

    /** Of the process, while it lives. */
    public Optional<ProcessHandle> handle() {
        return process == null ? Optional.empty() : Optional.of(process.toHandle());
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return process;
    }

    /** As kill -9. */
    public void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** Asks it to stop. @return how long that took */
    public Duration stop(Duration limit) throws IOException, InterruptedException {
        long began = System.nanoTime();
        running().destroy();
        if (!running().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new IOException(name + " did not stop within " + limit);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    void signal(String signal) throws IOException {
        send(signal, running().pid());
    }

    /** @param bytes longest file that it may write from now on, or {@code unlimited} */
    void limitFiles(String bytes) throws IOException {
        Process prlimit = new ProcessBuilder(
                        "prlimit", "--pid", Long.toString(running().pid()), "--fsize=" + bytes + ":unlimited")
                .start();
        if (prlimit.onExit().join().exitValue() != 0) {
            throw new IOException("prlimit does not let us limit the files of " + name);
        }
    }

    static void send(String signal, long pid) throws IOException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .start()
                .onExit()
                .join();
    }

    /** Its emulators that live now. */
    List<ProcessHandle> emulators() {
        return process == null
                ? List.of()
                : process.descendants().filter(Member::isEmulator).toList();
    }

    private static boolean isEmulator(ProcessHandle handle) {
        return handle.info().command().orElse("").contains("qemu-system");
    }

    /** Every emulator of a machine below this directory, whoever started it. */
    static List<ProcessHandle> emulatorsBelow(Path directory) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(handle -> isEmulator(handle) || isWall(handle))
                    .filter(handle -> worksBelow(handle, directory))
                    .toList();
        }
    }

    /** A confined emulator lives as long as the bubblewrap around it. */
    private static boolean isWall(ProcessHandle handle) {
        return handle.info().command().orElse("").endsWith("/bwrap");
    }

    private static boolean worksBelow(ProcessHandle handle, Path directory) {
        Path proc = Path.of("/proc", Long.toString(handle.pid()));
        try {
            return Files.readSymbolicLink(proc.resolve("cwd")).startsWith(directory)
                    || isWall(handle)
                            && Files.readString(proc.resolve("cmdline")).contains(directory.toString());
        } catch (IOException e) {
            return false; // it has just ended
        }
    }
}
