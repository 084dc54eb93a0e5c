package io.bohrwerk.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.api.ApiApplication;
import io.bohrwerk.embedded.PostgresServer;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Topics;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.KafkaAdmin;

/** The broker of docker-compose.yml as a real one, with the secrets that the service {@code secrets} makes, and an API that grants rights. */
class ComposeKafkaTest {
    private static final String PREFIX = "bohrwerk.worker.queue.client.";

    @TempDir
    private static Path directory;

    private static String address = "";
    private static KafkaRaftServer broker;
    private static PostgresServer postgres;
    private static ConfigurableApplicationContext api;

    private static Path secrets() {
        return directory.resolve("secrets");
    }

    @BeforeAll
    static void start() throws Exception {
        makeSecrets();
        Properties settings = new Properties();
        settings.load(new StringReader(Files.readString(secrets().resolve("kafka/server.properties"))
                .replace("/mnt/shared/config", secrets().resolve("kafka").toString())));
        int port = freePort();
        int controller = freePort();
        address = "localhost:" + port;
        Path data = Files.createDirectory(directory.resolve("data"));
        settings.put("log.dirs", data.toString());
        settings.put("listeners", "BROKER://" + address + ",CONTROLLER://localhost:" + controller);
        settings.put("advertised.listeners", "BROKER://" + address);
        settings.put("controller.quorum.voters", "1@localhost:" + controller);
        settings.put("offsets.topic.num.partitions", "1");
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(data.toString())
                .addDirectory(data.toString())
                .run();
        broker = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        broker.startup();
        postgres = PostgresServer.start(directory.resolve("postgres"));
        api = startApi();
    }

    private static void makeSecrets() throws Exception {
        for (int time = 0; time < 2; time++) {
            Process made = new ProcessBuilder(
                            DeployFiles.path("deploy/docker/secrets")
                                    .toAbsolutePath()
                                    .toString(),
                            secrets().toString(),
                            DeployFiles.path("deploy/docker").toAbsolutePath().toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(made.waitFor()).as(said).isZero();
        }
    }

    /** As its container has it: the environment, and the files of its directory by their names. */
    private static ConfigurableApplicationContext startApi() throws Exception {
        List<String> arguments = new ArrayList<>();
        DeployFiles.map(ComposeTest.service("api").get("environment")).forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT).replace('_', '.');
            if (key.startsWith("spring.kafka.") || key.startsWith("bohrwerk.api.queue.")) {
                arguments.add("--" + key + "=" + String.valueOf(value).replace("/run/bohrwerk", secrets() + "/api"));
            }
        });
        // The database is this test's own, and so is the store.
        Path tree = Files.createDirectory(directory.resolve("tree"));
        String jaas = "spring.kafka.properties.sasl.jaas.config";
        Files.copy(secrets().resolve("api").resolve(jaas), tree.resolve(jaas));
        arguments.add("--spring.config.import=configtree:" + tree + "/");
        arguments.add("--spring.datasource.url=" + postgres.jdbcUrl());
        arguments.add("--spring.kafka.bootstrap-servers=" + address);
        arguments.add("--bohrwerk.api.blobs.directory=" + directory.resolve("blobs"));
        arguments.add("--bohrwerk.api.uploads.directory=" + directory.resolve("uploads"));
        arguments.add("--server.port=0");
        arguments.add("--spring.config.name=none");
        return new SpringApplicationBuilder(ApiApplication.class)
                .web(WebApplicationType.SERVLET)
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new));
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (api != null) {
            api.close();
        }
        if (postgres != null) {
            postgres.close();
        }
        if (broker != null) {
            broker.shutdown();
            broker.awaitShutdown();
        }
    }

    /** As the worker's container has it. */
    private static Map<String, Object> worker() throws Exception {
        Map<String, Object> client = new HashMap<>();
        DeployFiles.map(ComposeTest.service("worker").get("environment")).forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT).replace('_', '.');
            if (key.startsWith(PREFIX)) {
                client.put(
                        key.substring(PREFIX.length()),
                        String.valueOf(value).replace("/run/bohrwerk", secrets() + "/worker"));
            }
        });
        Path jaas = secrets().resolve("worker/" + PREFIX + "sasl.jaas.config");
        client.put("sasl.jaas.config", Files.readString(jaas));
        client.put("bootstrap.servers", address);
        client.put("max.block.ms", 10_000);
        client.put("default.api.timeout.ms", 10_000);
        client.put("request.timeout.ms", 5_000);
        return client;
    }

    private static void write(Map<String, Object> client, String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, new byte[1])).get(20, TimeUnit.SECONDS);
        }
    }

    private static void read(Map<String, Object> client, String topic) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("enable.auto.commit", false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            consumer.position(partition, Duration.ofSeconds(10));
            consumer.poll(Duration.ofSeconds(1));
        }
    }

    @Test
    void aWorkerReadsBatchesAndWritesReportsAndHeartbeats() throws Exception {
        read(worker(), Topics.BATCHES);
        read(worker(), Topics.WITHDRAWALS);
        write(worker(), Topics.reports(BatchRequest.KIND));
        write(worker(), Topics.HEARTBEATS);
    }

    @Test
    void andNothingElse() throws Exception {
        for (String topic : List.of(Topics.BATCHES, Topics.WITHDRAWALS, "another")) {
            assertThatThrownBy(() -> write(worker(), topic))
                    .as(topic)
                    .hasRootCauseInstanceOf(AuthorizationException.class);
        }
        for (String topic : List.of(Topics.reports(BatchRequest.KIND), Topics.HEARTBEATS)) {
            assertThatThrownBy(() -> read(worker(), topic)).as(topic).isInstanceOf(AuthorizationException.class);
        }
        try (Admin admin = Admin.create(worker())) {
            assertThatThrownBy(() ->
                            admin.deleteTopics(List.of(Topics.BATCHES)).all().get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() -> admin.describeAcls(org.apache.kafka.common.acl.AclBindingFilter.ANY)
                            .values()
                            .get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(AuthorizationException.class);
        }
    }

    @Test
    void nobodyElseGetsIn() throws Exception {
        Map<String, Object> wrong = worker();
        wrong.put(
                "sasl.jaas.config",
                String.valueOf(wrong.get("sasl.jaas.config"))
                        .replaceAll("password=\"[^\"]*\"", "password=\"bohrwerk\""));
        assertThatThrownBy(() -> write(wrong, Topics.HEARTBEATS))
                .hasRootCauseInstanceOf(SaslAuthenticationException.class);
        Map<String, Object> plain =
                Map.of("bootstrap.servers", address, "max.block.ms", 5_000, "security.protocol", "PLAINTEXT");
        assertThatThrownBy(() -> write(plain, Topics.HEARTBEATS)).hasMessageContaining("not present in metadata");
        // A client that does not know the certificate does not talk: TLS is in force, and checked.
        Map<String, Object> blind = worker();
        blind.remove("ssl.truststore.location");
        blind.remove("ssl.truststore.type");
        assertThatThrownBy(() -> write(blind, Topics.HEARTBEATS)).hasStackTraceContaining("SSL handshake failed");
    }

    @Test
    void theApiDoesAsItLikes() throws Exception {
        try (Admin admin = Admin.create(api.getBean(KafkaAdmin.class).getConfigurationProperties())) {
            assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS))
                    .contains(Topics.BATCHES, Topics.HEARTBEATS, Topics.WITHDRAWALS);
        }
    }

    /** What one part knows, no other does but for those that it talks to. */
    @Test
    void secretsAreStrongOfTheirOwnAndStayAtASecondStart() throws Exception {
        Map<Path, String> before = contents();
        makeSecrets();
        assertThat(contents()).isEqualTo(before);
        String all = String.join("\n", before.values());
        assertThat(all).doesNotContain("changeme", "password=\"bohrwerk\"");
        for (String name : List.of("api/spring.datasource.password", "postgres/password")) {
            assertThat(Files.readString(secrets().resolve(name))).matches("[A-Za-z0-9_-]{43}");
        }
        assertThat(Files.readString(secrets().resolve("metrics/token")))
                .matches("bw_[A-Za-z0-9_-]{43}")
                .isNotEqualTo(Files.readString(secrets().resolve("api/admin-token")));
        String worker = contents("worker");
        assertThat(worker)
                .doesNotContain(
                        Files.readString(secrets().resolve("api/admin-token")),
                        Files.readString(secrets().resolve("api/spring.datasource.password")),
                        Files.readString(secrets().resolve("api/bohrwerk.api.blobs.s3.secret-key")),
                        Files.readString(secrets().resolve("api/spring.kafka.properties.sasl.jaas.config")));
    }

    private static String contents(String part) throws Exception {
        StringBuilder all = new StringBuilder();
        contents().forEach((path, text) -> all.append(path.startsWith(secrets().resolve(part)) ? text : ""));
        return all.toString();
    }

    private static Map<Path, String> contents() throws Exception {
        Map<Path, String> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(secrets())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }
}
