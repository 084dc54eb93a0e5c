package io.bohrwerk.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link KafkaBroker} in a process of its own, because a broker that gives up, as it does when its disk is full, ends its whole process. It is
 * started again when it ends by itself, and stops with this process, however that ends.
 */
public final class BrokerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerServer.class);
    /** On a busy host; after a crash the logs are read through. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    /** From then on errors in the log of a start that goes on are told of. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(3);

    private static final Duration POLL = Duration.ofMillis(500);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(9);
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5));
    /** The heap holds what is written at the moment, and the log cleaner's 16 MB; twice what benchmarks of a million batches needed. */
    private static final List<String> MEMORY = List.of(
            "-Xms32m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-Xlog:disable",
            "-Xlog:all=error:stderr");

    private static final long LARGEST_LOG = 20L << 20;
    /** Ctrl-C goes to the terminal's whole group, and batches are still to be given back through the broker. */
    private static final String DEAF_TO_CTRL_C = "trap '' INT HUP; exec \"$@\"";

    private static final String ARCHIVE = "-XX:SharedArchiveFile=";
    private static final String NEW_ARCHIVE = "-XX:ArchiveClassesAtExit=";

    /** Of the environment, what may hold the secrets of others. */
    private static final Pattern SETTINGS =
            Pattern.compile("BOHRWERK_(API|WORKER|TOKEN)|SPRING_|AWS_", Pattern.CASE_INSENSITIVE);

    private static final Pattern ERROR =
            Pattern.compile(".*?\\b(?:ERROR|FATAL) +(?:\\[[^]]*] )?(?:[\\w.$]+ )?(?:- )?(.*)");
    private static final Pattern EXCEPTION =
            Pattern.compile("(?:Caused by: |Exception in thread \"[^\"]*\" )?[\\w.$]+(?:Exception|Error): (.*)");

    private final Path directory;
    private final int port;
    private final List<String> users;
    private final Path log;
    private final FileChannel lock;
    private final Consumer<String> told;
    private Process process;
    private boolean closed;

    private BrokerServer(
            Path directory, int port, List<String> users, Path log, FileChannel lock, Consumer<String> told)
            throws IOException {
        this.directory = directory;
        this.port = port;
        this.users = users;
        this.log = log;
        this.lock = lock;
        this.told = told;
        stopLeftOver(directory);
        this.process = launch();
        process.onExit().thenRunAsync(this::fallen);
    }

    /**
     * Starts a broker that serves those users alone, and returns when it does: see {@link KafkaBroker#startGuarded}. A broker that a killed
     * process has left in the same directory is stopped first.
     *
     * @param port 0 for any free one; it stays the same however often the broker is started again
     * @param log of the broker; kept below 20 MB
     * @param told when the broker ends by itself, or does not get ready soon, and what became of that
     * @throws IOException when it does not start, with its own words, or a living process holds the directory
     */
    public static BrokerServer start(Path directory, int port, List<String> users, Path log, Consumer<String> told)
            throws IOException {
        Trees.makePrivate(directory);
        Path real = directory.toRealPath();
        FileChannel lock = lock(real.resolve("supervisor.lock"));
        try {
            return new BrokerServer(real, FreePort.orAny(port), List.copyOf(users), log, lock, told);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
        }
        channel.close();
        throw new IOException(file.getParent() + " is in use by another Kafka of Bohrwerk");
    }

    /** The process of the broker in that directory, if one runs. */
    public static Optional<ProcessHandle> process(Path directory) throws IOException {
        Path file = directory.resolve("broker.pid");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String[] words = Files.readString(file).strip().split(" ");
        if (words.length != 2 || !words[0].matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        // Numbers are used again, together with a moment they are not.
        return ProcessHandle.of(Long.parseLong(words[0]))
                .filter(process -> began(process).equals(words[1]));
    }

    private static String began(ProcessHandle process) {
        return process.info().startInstant().map(String::valueOf).orElse("?");
    }

    private static void stopLeftOver(Path directory) throws IOException {
        Optional<ProcessHandle> leftOver = process(directory);
        if (leftOver.isPresent() && leftOver.get().isAlive()) {
            LOG.info("Stopping a broker that is still running in {}", directory);
            leftOver.get().destroyForcibly();
            try {
                leftOver.get()
                        .onExit()
                        .orTimeout(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .join();
            } catch (CompletionException e) {
                throw new IOException("Kafka (process " + leftOver.get().pid() + ") does not stop", e);
            }
        }
        Files.deleteIfExists(directory.resolve("broker.pid"));
    }

    /** Starts it, and returns when it serves. */
    private Process launch() throws IOException {
        if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
            Files.delete(log);
        }
        long before = Files.exists(log) ? Files.size(log) : 0;
        ProcessBuilder builder = new ProcessBuilder(command()).redirectError(Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> SETTINGS.matcher(name).lookingAt());
        Process started = builder.start();
        try {
            // On a full disk there is no note: then a left-over broker is not found after kill -9, and ends by its pipe
            // alone.
            try {
                Files.writeString(
                        directory.resolve("broker.pid"), started.pid() + " " + began(started.toHandle()) + "\n");
            } catch (IOException e) {
                LOG.warn("the number of Kafka's process cannot be noted: {}", e.toString());
            }
            CompletableFuture<String> word = new CompletableFuture<>();
            Thread reader = new Thread(() -> listen(started, word), "kafka-output");
            reader.setDaemon(true);
            reader.start();
            String said = await(word, before);
            if (said.equals(BrokerMain.READY)) {
                return started;
            }
            throw new IOException("Kafka does not start in " + directory + ": "
                    + (said.isEmpty() ? lastWords(before) : said.substring(BrokerMain.FAILED.length()))
                    + "; its log: " + log);
        } catch (IOException | RuntimeException e) {
            started.destroyForcibly();
            throw e;
        }
    }

    private String await(CompletableFuture<String> word, long before) throws IOException {
        try {
            long silence = System.nanoTime() + SILENCE_LIMIT.toNanos();
            String last = "";
            for (long end = System.nanoTime() + START_LIMIT.toNanos(); System.nanoTime() < end; ) {
                try {
                    return word.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    String now = lastWords(before);
                    if (System.nanoTime() > silence && !now.equals(last)) {
                        last = now;
                        told.accept("Kafka is not ready yet in " + directory + ": " + last + "; waiting up to "
                                + START_LIMIT.toSeconds() + " s; its log: " + log);
                    }
                }
            }
            throw new IOException("Kafka does not get ready in " + directory + " within " + START_LIMIT.toSeconds()
                    + " s: " + lastWords(before) + "; its log: " + log);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nothing completes it so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Kafka was starting", e);
        }
    }

    /** What a broker says on its output: one of two lines. Nothing when it ends without. */
    private static void listen(Process process, CompletableFuture<String> word) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(BrokerMain.READY) || line.startsWith(BrokerMain.FAILED)) {
                    word.complete(line);
                }
            }
        } catch (IOException e) {
            LOG.debug("Kafka's output has ended", e);
        } finally {
            word.complete("");
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", DEAF_TO_CTRL_C, "kafka"));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(MEMORY);
        command.addAll(archive());
        command.add("-Dbohrwerk.log=" + log);
        command.add("-cp");
        // Maven's test runner has the true class path in a property of its own.
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.addAll(List.of(BrokerMain.class.getName(), directory.toString(), Integer.toString(port)));
        command.addAll(users);
        return command;
    }

    /** An archive of loaded classes beside the one of this process, made when that is made: half the time of a start. */
    private static List<String> archive() {
        List<String> options = new ArrayList<>();
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith(NEW_ARCHIVE)) {
                options.add(argument + ".kafka");
            } else if (argument.startsWith(ARCHIVE)
                    && Files.exists(Path.of(argument.substring(ARCHIVE.length()) + ".kafka"))) {
                options.add(argument + ".kafka");
            }
        }
        return options;
    }

    /** The last error in the log since it had so many bytes, with its cause. */
    private String lastWords(long since) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            long from = Math.max(Math.min(since, channel.size()), channel.size() - (64 << 10));
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
            channel.read(bytes, from);
            String said = "";
            String cause = "";
            for (String line : new String(bytes.array(), StandardCharsets.UTF_8).split("\n")) {
                Matcher error = ERROR.matcher(line);
                Matcher exception = EXCEPTION.matcher(line);
                if (error.matches()) {
                    said = error.group(1).strip();
                    cause = "";
                } else if (exception.matches()) {
                    cause = exception.group(1).strip();
                }
            }
            return said + (said.isEmpty() || cause.isEmpty() ? "" : ": ") + cause;
        }
    }

    /** Starts it again until that succeeds or {@link #close} is called. */
    private void fallen() {
        long fell = System.nanoTime();
        boolean toldWhy = false;
        for (int attempt = 0; ; attempt++) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                if (attempt == 0) {
                    told.accept("Kafka ended by itself (" + ending(process.exitValue()) + "); starting it again");
                }
                try {
                    process = launch();
                    process.onExit().thenRunAsync(this::fallen);
                    told.accept("Kafka serves again, after "
                            + Duration.ofNanos(System.nanoTime() - fell).toMillis() + " ms");
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("Kafka does not start again", e);
                    if (attempt >= 1 && !toldWhy) {
                        toldWhy = true;
                        told.accept(e.getMessage() + "; trying on every "
                                + PAUSES.get(PAUSES.size() - 1).toSeconds() + " s");
                    }
                }
            }
            try {
                Thread.sleep(PAUSES.get(Math.min(attempt, PAUSES.size() - 1)).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** @param status as shells have it: above 128 a signal's number */
    private static String ending(int status) {
        return status > 128 ? "signal " + (status - 128) : "exit status " + status;
    }

    /** What a client of this broker needs besides its address to be that user. */
    public Map<String, String> login(String user) throws IOException {
        return KafkaBroker.login(directory, user);
    }

    /** For {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Stops the broker in an orderly way, within a limit. */
    @Override
    public void close() throws IOException {
        Process last;
        synchronized (this) {
            closed = true;
            last = process;
        }
        try (lock) {
            last.getOutputStream().close();
            if (!last.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Kafka does not stop within {} s and is killed", STOP_LIMIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            last.destroyForcibly();
            Files.deleteIfExists(directory.resolve("broker.pid"));
        }
    }
}
