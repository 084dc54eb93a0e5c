package io.bohrwerk.bench.cluster;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.embedded.PostgresServer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** PostgreSQL, Kafka, S3, two APIs and three workers, each a process of its own. What they share is the network and nothing else. */
final class Cluster implements AutoCloseable {
    static final Duration LOCK = Duration.ofSeconds(15); // the shortest that brokers take
    /** A start takes seconds, or minutes where others use the host. */
    private static final Duration START_LIMIT = Duration.ofMinutes(10);

    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(3);
    private static final int WORKERS = 3;
    private static final int STARTS = 3;
    private static final String MAIN = "io.bohrwerk.cli.Bohrwerk";
    private static final String BUCKET = "bohrwerk";
    private static final String ACCESS_KEY = "cluster-test";
    private static final String SECRET_KEY = "cluster-test-secret";

    final Path directory;
    final Member postgres;
    final Member kafka;
    final Member s3;
    final List<Member> apis = new ArrayList<>();
    final List<Member> workers = new ArrayList<>();
    private final List<ApiClient> clients = new ArrayList<>();
    private final Map<Member, Integer> ports = new java.util.HashMap<>();
    private final int kafkaPort;
    /** Around the last worker, where this host permits it. */
    private @Nullable Enclosure enclosure;

    /** @param s3Jars holds S3Proxy and its libraries */
    Cluster(Path directory, Path s3Jars) throws IOException, InterruptedException {
        this.directory = directory;
        if (!Files.isDirectory(s3Jars)) {
            throw new FileNotFoundException("there is no " + s3Jars + ": build with ./bohrwerk");
        }
        this.kafkaPort = freePort();
        int s3Port = freePort();
        this.postgres = part("postgres");
        this.kafka = part("kafka", Integer.toString(kafkaPort));
        ports.put(kafka, kafkaPort);
        this.s3 = s3(s3Jars, s3Port);
        String endpoint = "http://127.0.0.1:" + s3Port;
        for (String name : List.of("api-a", "api-b")) {
            int port = freePort();
            Map<String, Object> settings = new TreeMap<>(blobs("bohrwerk.api", endpoint));
            settings.put("spring.datasource.url", PostgresServer.jdbcUrl(directory.resolve("postgres")));
            settings.put("spring.kafka.bootstrap-servers", bootstrapServers());
            settings.put("server.port", port);
            settings.put("server.tomcat.basedir", directory.resolve(name).toString());
            settings.put("bohrwerk.api.worker-timeout", "10s");
            settings.put("bohrwerk.api.scheduling.batch-timeout", "30s");
            Member api = spring(List.of(), name, "io.bohrwerk.api.ApiApplication", settings);
            ports.put(api, port);
            apis.add(api);
            clients.add(new ApiClient(URI.create("http://127.0.0.1:" + port)));
        }
        for (int number = 1; number <= WORKERS; number++) {
            String name = "worker-" + number;
            Map<String, Object> settings = new TreeMap<>(blobs("bohrwerk.worker", endpoint));
            settings.put("bohrwerk.worker.id", name);
            settings.put("bohrwerk.worker.slots", 1);
            settings.put("bohrwerk.worker.directory", directory.resolve(name).toString());
            settings.put("bohrwerk.worker.heartbeat-interval", "500ms");
            settings.put("bohrwerk.worker.queue.bootstrap-servers", bootstrapServers());
            settings.put("bohrwerk.worker.queue.lock", LOCK.toSeconds() + "s");
            settings.put("bohrwerk.worker.queue.renew-interval", "4s");
            List<String> prefix = List.of();
            if (number == WORKERS && Enclosure.permitted()) {
                enclosure = new Enclosure(
                        directory,
                        java("relay", System.getProperty("java.class.path"), MAIN),
                        List.of(kafkaPort, s3Port));
                prefix = enclosure.prefix();
            }
            workers.add(spring(prefix, name, "io.bohrwerk.worker.WorkerApplication", settings));
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    private static Map<String, Object> blobs(String prefix, String endpoint) {
        return Map.of(
                prefix + ".blobs.s3.bucket", BUCKET,
                prefix + ".blobs.s3.endpoint", endpoint,
                prefix + ".blobs.s3.access-key", ACCESS_KEY,
                prefix + ".blobs.s3.secret-key", SECRET_KEY,
                prefix + ".blobs.s3.path-style", true);
    }

    private Member part(String kind, String... further) {
        List<String> command = java(kind, System.getProperty("java.class.path"), MAIN);
        command.addAll(List.of(
                "cluster-part",
                kind.toUpperCase(java.util.Locale.ROOT),
                directory.resolve(kind).toString()));
        command.addAll(List.of(further));
        return new Member(kind, command, directory.resolve(kind + ".log"));
    }

    private Member spring(List<String> prefix, String name, String main, Map<String, Object> settings) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(java(name, System.getProperty("java.class.path"), main));
        settings.forEach((key, value) -> command.add("--" + key + "=" + value));
        return new Member(name, command, directory.resolve(name + ".log"));
    }

    private Member s3(Path jars, int port) throws IOException {
        Properties properties = new Properties();
        properties.put("s3proxy.endpoint", "http://127.0.0.1:" + port);
        properties.put("s3proxy.authorization", "aws-v4");
        properties.put("s3proxy.identity", ACCESS_KEY);
        properties.put("s3proxy.credential", SECRET_KEY);
        properties.put("jclouds.provider", "filesystem-nio2");
        properties.put("jclouds.identity", ACCESS_KEY);
        properties.put("jclouds.credential", SECRET_KEY);
        properties.put(
                "jclouds.filesystem.basedir",
                Files.createDirectories(directory.resolve("s3")).toString());
        Path file = directory.resolve("s3.properties");
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        List<String> command = java("s3", jars + "/*", "org.gaul.s3proxy.Main");
        command.addAll(List.of("--properties", file.toString()));
        return member("s3", command, port);
    }

    private Member member(String name, List<String> command, int port) {
        Member member = new Member(name, command, directory.resolve(name + ".log"));
        ports.put(member, port);
        return member;
    }

    private List<String> java(String name, String classPath, String main) {
        return new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dbohrwerk.log=" + directory.resolve(name + ".log"),
                "-cp",
                classPath,
                main));
    }

    void start() throws IOException, InterruptedException {
        for (Member server : List.of(postgres, kafka, s3)) {
            server.start();
        }
        for (Member server : List.of(postgres, kafka, s3)) {
            awaitAnswer(server);
        }
        for (Member api : apis) {
            api.start();
        }
        for (Member api : apis) {
            awaitAnswer(api);
        }
        for (Member worker : workers) {
            worker.start();
        }
    }

    /** Starts a server again, as an operator's service manager would: a few times, if need be. */
    void restart(Member server) throws IOException, InterruptedException {
        server.start();
        awaitAnswer(server);
    }

    private void awaitAnswer(Member server) throws IOException, InterruptedException {
        int starts = 1;
        for (long end = System.nanoTime() + START_LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(100)) {
            if (!server.alive()) {
                if (starts++ == STARTS) {
                    break;
                }
                server.start();
            }
            if (answers(server)) {
                return;
            }
        }
        throw new IOException(
                server.name() + " does not answer; its log: " + directory.resolve(server.name() + ".log"));
    }

    private boolean answers(Member server) throws IOException {
        Integer port = ports.get(server);
        if (port == null) {
            return PostgresServer.answers(directory.resolve("postgres"));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks the first API that answers. @param path below {@code /api/v1} */
    JsonNode get(String path) throws IOException, InterruptedException {
        return anyApi(client -> client.get(path));
    }

    List<JsonNode> list(String path) throws IOException, InterruptedException {
        return anyApi(client -> client.list(path));
    }

    /** What is asked of an API. */
    interface Question<T> {
        T ask(ApiClient client) throws IOException, InterruptedException;
    }

    /** One of the APIs, which is asked once. */
    ApiClient oneApi() {
        return clients.get(0);
    }

    /** The answer of the first API that gives one, waiting for a while for one to come back. */
    <T> T anyApi(Question<T> question) throws IOException, InterruptedException {
        IOException last = new IOException("no API was asked");
        for (long end = System.nanoTime() + ANSWER_LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(500)) {
            for (int i = 0; i < apis.size(); i++) {
                if (apis.get(i).alive()) {
                    try {
                        return question.ask(clients.get(i));
                    } catch (IOException e) {
                        last = e;
                    }
                }
            }
        }
        throw last;
    }

    /** Waits until a worker is in the middle of a batch: an emulator of it runs. */
    Member awaitBusyWorker() throws IOException, InterruptedException {
        for (long end = System.nanoTime() + ANSWER_LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(20)) {
            for (Member worker : workers) {
                if (!worker.emulators().isEmpty()) {
                    return worker;
                }
            }
        }
        throw new IOException("no worker began a batch within " + ANSWER_LIMIT);
    }

    /** The network of the last worker; empty where this host does not permit it a network of its own. */
    Optional<Enclosure> enclosure() {
        return Optional.ofNullable(enclosure);
    }

    /** Waits until this worker is in the middle of a batch. */
    void awaitBusy(Member worker) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
                worker.emulators().isEmpty();
                Thread.sleep(20)) {
            if (System.nanoTime() > end) {
                throw new IOException(worker.name() + " began no batch within " + ANSWER_LIMIT);
            }
        }
    }

    /** The number of the PostgreSQL server itself. */
    long postmaster() throws IOException {
        return PostgresServer.process(directory.resolve("postgres"))
                .orElseThrow(() -> new IOException("no PostgreSQL runs"))
                .pid();
    }

    /** Kills everything. */
    @Override
    public void close() {
        List<Member> all = new ArrayList<>(workers);
        all.addAll(apis);
        all.addAll(List.of(s3, kafka, postgres));
        for (Member member : all) {
            if (member.alive()) {
                try {
                    member.signal("CONT");
                    member.stop(Duration.ofSeconds(20));
                } catch (IOException e) {
                    // Killed instead.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        if (enclosure != null) {
            try {
                enclosure.close();
            } catch (IOException e) {
                // It ends with its process, which was killed.
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
