package io.bohrwerk.server;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.embedded.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code bohrwerk up} as a process of its own, for benchmarks and tests: measured, killed, started again. */
public final class ChildServer implements AutoCloseable {
    private static final String READY = "ready: ";
    private static final int STOP_SECONDS = 20;
    /** As the launcher has them: see there. */
    private static final List<String> SHORT_START = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path state;
    private final Process process;
    private final URI url;

    private ChildServer(Path state, Process process, URI url) {
        this.state = state;
        this.process = process;
        this.url = url;
    }

    /** Starts one on a free port, and returns when it is ready. */
    public static ChildServer start(Path state) throws IOException {
        return start(state, Map.of());
    }

    /** The same. @param settings as environment variables, for what is not to be as usual @param options of {@code up} */
    public static ChildServer start(Path state, Map<String, String> settings, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("up", "--port", "0"));
        words.addAll(List.of(options));
        ProcessBuilder builder = launch(state, words.toArray(String[]::new));
        builder.environment().putAll(settings);
        Process process = builder.start();
        StringBuilder said = new StringBuilder();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith(READY)) {
                return new ChildServer(state, process, URI.create(line.substring(READY.length())));
            }
        }
        throw new IOException("bohrwerk up ended: " + said);
    }

    /** A command of ours in a JVM like this one, both its streams in one. */
    public static ProcessBuilder launch(Path state, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-X"))
                .filter(argument -> !argument.contains("ArchiveClassesAtExit"))
                .forEach(command::add);
        command.addAll(SHORT_START);
        // Maven's test runner has the true class path in a property of its own.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, "io.bohrwerk.cli.Bohrwerk"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("BOHRWERK_HOME", state.toString());
        return builder;
    }

    public URI url() {
        return url;
    }

    /** Its database, for {@code java.sql}. */
    public String databaseUrl() {
        return PostgresServer.jdbcUrl(StateDirectory.at(state).postgres());
    }

    /** Its blob store, beside the one that it has open itself. */
    public BlobStore blobs() throws IOException {
        return FileBlobStore.open(StateDirectory.at(state).blobs(), 0);
    }

    public ProcessHandle process() {
        return process.toHandle();
    }

    /** As kill -9: it gets no chance to clean up. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Memory of the Java process alone. */
    public long residentBytes() throws IOException {
        return kibibytes(process.pid(), "status", "VmRSS:") << 10;
    }

    /** Memory of it and all that it started, where a page that n processes share counts as an nth of a page to each. */
    public long proportionalBytes() throws IOException {
        List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
        process.descendants().forEach(all::add);
        long sum = 0;
        for (ProcessHandle each : all) {
            sum += kibibytes(each.pid(), "smaps_rollup", "Pss:");
        }
        return sum << 10;
    }

    /** Its PostgreSQL. */
    public Optional<ProcessHandle> postgres() throws IOException {
        return PostgresServer.process(StateDirectory.at(state).postgres());
    }

    private static long kibibytes(long pid, String file, String field) throws IOException {
        Path path = Path.of("/proc", Long.toString(pid), file);
        if (!Files.exists(path)) {
            return 0;
        }
        Optional<String> line = Files.readAllLines(path).stream()
                .filter(each -> each.startsWith(field))
                .findFirst();
        return line.map(each -> Long.parseLong(each.replaceAll("\\D+", ""))).orElse(0L);
    }

    /** Ends it in order. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("bohrwerk up did not stop within " + STOP_SECONDS + " s");
        }
    }
}
