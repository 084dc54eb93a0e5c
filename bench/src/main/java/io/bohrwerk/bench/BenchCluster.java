package io.bohrwerk.bench;

import io.bohrwerk.bench.cluster.Member;
import io.bohrwerk.client.ApiClient;
import io.bohrwerk.embedded.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** PostgreSQL, Kafka, an API and a worker with an {@link InstantEngine}, each a process of its own, on this host. */
final class BenchCluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    final ApiClient client;
    private final Path directory;
    private final int kafkaPort = freePort();
    private final int apiPort;
    private final Member postgres;
    private final Member kafka;
    private final Member api;
    private final HttpClient asking =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile @Nullable Member worker;

    BenchCluster(Path directory) throws IOException, InterruptedException {
        this(directory, Map.of());
    }

    /** @param settings further ones of the API, by their full names */
    BenchCluster(Path directory, Map<String, String> settings) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        this.apiPort = freePort();
        this.client = new ApiClient(URI.create("http://127.0.0.1:" + apiPort));
        this.postgres = bohrwerk("postgres", "cluster-part", "POSTGRES", path("postgres"));
        this.kafka = bohrwerk("kafka", "cluster-part", "KAFKA", path("kafka"), "" + kafkaPort);
        List<String> command = java("api", "io.bohrwerk.api.ApiApplication");
        Map.of(
                        "spring.datasource.url",
                        PostgresServer.jdbcUrl(directory.resolve("postgres")),
                        "spring.kafka.bootstrap-servers",
                        "127.0.0.1:" + kafkaPort,
                        "server.port",
                        "" + apiPort,
                        "server.tomcat.basedir",
                        path("tomcat"),
                        "bohrwerk.api.blobs.directory",
                        path("blobs"),
                        "bohrwerk.api.uploads.check",
                        "false",
                        "bohrwerk.api.worker-timeout",
                        "3s")
                .forEach((key, value) -> command.add("--" + key + "=" + value));
        settings.forEach((key, value) -> command.add("--" + key + "=" + value));
        this.api = new Member("api", command, directory.resolve("api.log"));
        // Whoever presses ctrl-C leaves nothing running.
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        boolean started = false;
        try {
            postgres.start();
            kafka.start();
            await(postgres, () -> PostgresServer.answers(directory.resolve("postgres")));
            await(kafka, () -> answers(kafkaPort));
            api.start();
            await(api, () -> answers(apiPort));
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** Replaces the worker by one of so many slots, and waits until it is counted with. */
    void useSlots(int slots) throws IOException, InterruptedException {
        stop(worker);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("id", "bench-" + slots);
        settings.put("slots", slots);
        settings.put("directory", path("worker"));
        settings.put("heartbeat-interval", "500ms");
        settings.put("queue.bootstrap-servers", "127.0.0.1:" + kafkaPort);
        List<String> words = new ArrayList<>(List.of("bench-worker"));
        settings.forEach((key, value) -> words.add("--setting=bohrwerk.worker." + key + "=" + value));
        Member started = bohrwerk("worker-" + slots, words.toArray(String[]::new));
        worker = started;
        started.start();
        await(started, () -> client.get("/stats").path("workers").path("slots").asInt() == slots);
    }

    int apiPort() {
        return apiPort;
    }

    /** Memory that the API holds. */
    long apiBytes() throws IOException {
        Path status = Path.of("/proc", "" + api.handle().orElseThrow().pid(), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /** The status with which the API answers. @param path with all that leads to it */
    int status(String path) throws IOException, InterruptedException {
        return asking.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort + path))
                                .timeout(Duration.ofMinutes(1))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Processor time that each part has used since it was started, by its name. */
    Map<String, Duration> processorTime() throws IOException {
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("api", used(api.handle()));
        times.put("worker", worker == null ? Duration.ZERO : used(worker.handle()));
        times.put("kafka", used(kafka.handle()));
        times.put("postgresql", used(postmaster()));
        return times;
    }

    /** With its children, which PostgreSQL's connections are. */
    private static Duration used(Optional<ProcessHandle> process) {
        return process.stream()
                .flatMap(each -> Stream.concat(Stream.of(each), each.descendants()))
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private Optional<ProcessHandle> postmaster() throws IOException {
        Path file = directory.resolve("postgres").resolve("data").resolve("postmaster.pid");
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0).strip()));
    }

    /** What is asked until it is so. */
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private void await(Member member, Condition condition) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + START_LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(100)) {
            if (!member.alive()) {
                break;
            }
            if (condition.holds()) {
                return;
            }
        }
        throw new IOException(member.name() + " does not come up; its log ends with: "
                + tail(directory.resolve(member.name() + ".log")));
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private static boolean answers(int port) {
        try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private Member bohrwerk(String name, String... words) {
        List<String> command = java(name, "io.bohrwerk.cli.Bohrwerk");
        command.addAll(List.of(words));
        return new Member(name, command, directory.resolve(name + ".log"));
    }

    /** As in the images: the JVM's own choice of compilers, unlike the all-in-one's. */
    private List<String> java(String name, String main) {
        return new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-Dbohrwerk.log=" + directory.resolve(name + ".log"),
                "-cp",
                System.getProperty("java.class.path"),
                main));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    JsonNode job(String id) throws IOException, InterruptedException {
        return client.get("/jobs/" + id);
    }

    private static void stop(@Nullable Member member) throws InterruptedException {
        if (member == null || !member.alive()) {
            return;
        }
        try {
            member.stop(STOP_LIMIT);
        } catch (IOException e) {
            member.kill();
        }
    }

    @Override
    public void close() {
        try {
            stop(worker);
            stop(api);
            stop(kafka);
            stop(postgres);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
