package io.bohrwerk.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.metadata.storage.Formatter;

/** A real Kafka broker inside this JVM, on loopback, its own controller, with its data in a directory that outlives it. */
public final class KafkaBroker implements AutoCloseable {
    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";
    private static final String BROKER = "BROKER";

    private final KafkaRaftServer server;
    private final Path directory;
    private final int port;

    private KafkaBroker(KafkaRaftServer server, Path directory, int port) {
        this.server = server;
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts a broker that serves everyone on this host, formatting the directory when it is new. For tests and benchmarks.
     *
     * @param directory made when missing
     * @param port 0 for any free one
     */
    public static KafkaBroker start(Path directory, int port) throws IOException {
        return start(directory, port, List.of());
    }

    /**
     * Starts a broker that serves those users alone, by the passwords in its directory, which others cannot enter. The first of them may do
     * everything, the others what they are granted.
     *
     * @param directory made when missing; one that {@link #start(Path, int)} has used will do
     * @param port 0 for any free one
     * @param users one at least; of lower-case letters
     */
    public static KafkaBroker startGuarded(Path directory, int port, List<String> users) throws IOException {
        return start(directory, port, List.copyOf(users));
    }

    private static KafkaBroker start(Path given, int port, List<String> users) throws IOException {
        Trees.makePrivate(given);
        Path directory = given.toRealPath();
        int brokerPort = FreePort.orAny(port);
        if (!Files.exists(directory.resolve("meta.properties"))) {
            format(directory);
        }
        Properties settings = settings(directory, brokerPort, FreePort.orAny(0));
        if (!users.isEmpty()) {
            guard(settings, directory, users);
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IOException("Kafka does not start in " + directory + ": " + e.getMessage(), e);
        }
        return new KafkaBroker(server, directory, brokerPort);
    }

    private static void format(Path directory) throws IOException {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(directory.toString())
                    .addDirectory(directory.toString())
                    .run();
        } catch (Exception e) {
            throw new IOException("cannot format " + directory + " for Kafka: " + e.getMessage(), e);
        }
    }

    private static Properties settings(Path directory, int brokerPort, int controllerPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("log.dirs", directory.toString());
        settings.put(
                "listeners",
                BROKER + "://127.0.0.1:" + brokerPort + "," + CONTROLLER + "://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", BROKER + "://127.0.0.1:" + brokerPort);
        settings.put("listener.security.protocol.map", BROKER + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", BROKER);
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        // One broker holds one copy of everything.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        // A coordinator's topic has 50 partitions by default, each with its files: more than one broker's worth.
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("auto.create.topics.enable", "false");
        // With the default heartbeat of 5 s a new consumer's first record takes 5.6 s.
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.share.heartbeat.interval.ms", "1000");
        settings.put("group.share.min.heartbeat.interval.ms", "500");
        settings.put("group.consumer.heartbeat.interval.ms", "1000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "500");
        // The most there can be; the default is 200 members.
        settings.put("group.share.max.size", "1000");
        settings.put("group.share.partition.max.record.locks", "4000");
        // After kill -9 a broker waits for its own old session to lapse.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "1000");
        settings.put("log.cleaner.dedupe.buffer.size", "16777216");
        return settings;
    }

    /** Both listeners ask who is there, and what is not granted is refused. */
    private static void guard(Properties settings, Path directory, List<String> users) throws IOException {
        List<String> all = new ArrayList<>(users);
        all.add(BrokerPasswords.SERVER);
        BrokerPasswords.ensure(directory, all);
        String mechanism = BrokerPasswords.mechanism();
        settings.put("listener.security.protocol.map", BROKER + ":SASL_PLAINTEXT," + CONTROLLER + ":SASL_PLAINTEXT");
        settings.put("sasl.enabled.mechanisms", mechanism);
        settings.put("sasl.mechanism.inter.broker.protocol", mechanism);
        settings.put("sasl.mechanism.controller.protocol", mechanism);
        for (String listener : List.of(BROKER, CONTROLLER)) {
            String prefix = "listener.name." + listener.toLowerCase(Locale.ROOT) + "."
                    + mechanism.toLowerCase(Locale.ROOT) + ".";
            settings.put(prefix + "sasl.jaas.config", BrokerPasswords.listenerLogin(directory));
            settings.put(prefix + "sasl.server.callback.handler.class", BrokerPasswords.class.getName());
        }
        settings.put("authorizer.class.name", StandardAuthorizer.class.getName());
        settings.put("super.users", "User:" + BrokerPasswords.SERVER + ";User:" + users.get(0));
        settings.put("allow.everyone.if.no.acl.found", "false");
    }

    /** What a client of this broker needs besides its address to be that user. */
    public Map<String, String> login(String user) throws IOException {
        return login(directory, user);
    }

    /** The same, of a broker in that directory. */
    static Map<String, String> login(Path directory, String user) throws IOException {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                BrokerPasswords.mechanism(),
                "sasl.jaas.config",
                BrokerPasswords.login(directory, user));
    }

    /** For {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
