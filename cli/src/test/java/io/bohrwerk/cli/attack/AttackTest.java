package io.bohrwerk.cli.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.embedded.KafkaBroker;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.server.ChildServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another user of the host, and a worker that was taken over, against an all-in-one. */
@Timeout(300)
class AttackTest {
    @TempDir
    private static Path parent;

    private static ChildServer server;
    private static House house;

    @BeforeAll
    static void start() throws Exception {
        // The walls are to be ours, not those of the test's directory.
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path state = parent.resolve("state");
        server = ChildServer.start(state, Map.of(), "--tokens");
        // Readable for the stranger: so that what is found elsewhere is told from it.
        Path secrets = Files.createFile(parent.resolve("secrets"));
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r--r--"));
        house = House.of(state, server, secrets);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void aStrangerFailsTo(Attempt attempt) throws Exception {
        Assumptions.assumeTrue(Stranger.possible(), "only root can try what another user could do");
        assertThat(attempt.succeeds(house)).as(attempt + " succeeded").isFalse();
    }

    /** That the attempts see what they look for: with one wall after the other taken down they succeed. */
    @Test
    void theAttemptsSucceedWithoutTheWalls() throws Exception {
        Assumptions.assumeTrue(Stranger.possible(), "only root can try what another user could do");
        Path state = house.state();
        house.without(state, "rwxrwxrwx", () -> {
            assertSucceeds(Attempt.LIST_STATE, Attempt.PLANT_IN_STATE, Attempt.LIST_BLOBS, Attempt.READ_LOG);
            assertFails(Attempt.READ_TOKEN, Attempt.LIST_POSTGRES, Attempt.LIST_KAFKA);
            house.without(state.resolve("token"), "rw-r--r--", () -> assertSucceeds(Attempt.READ_TOKEN));
            house.without(state.resolve("kafka"), "rwxr-xr-x", () -> {
                assertSucceeds(Attempt.LIST_KAFKA);
                assertFails(Attempt.READ_KAFKA_PASSWORD);
                house.without(
                        state.resolve("kafka/api.password"),
                        "rw-r--r--",
                        () -> assertSucceeds(Attempt.READ_KAFKA_PASSWORD));
            });
            house.without(state.resolve("postgres"), "rwxr-xr-x", () -> {
                assertSucceeds(Attempt.LIST_POSTGRES);
                assertFails(
                        Attempt.READ_DATABASE_PASSWORD, Attempt.CONNECT_TO_DATABASE, Attempt.REPLACE_DATABASE_PROGRAM);
                house.without(
                        state.resolve("postgres/password"),
                        "rw-r--r--",
                        () -> assertSucceeds(Attempt.READ_DATABASE_PASSWORD));
                house.without(
                        state.resolve("postgres/run"),
                        "rwxr-xr-x",
                        () -> house.without(
                                state.resolve("postgres/run/.s.PGSQL.5432"),
                                "rwxrwxrwx",
                                () -> assertSucceeds(Attempt.CONNECT_TO_DATABASE)));
            });
        });
        Files.deleteIfExists(state.resolve("planted"));
    }

    @Test
    void theAttemptsSeeABrokerThatIsOpen(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Stranger.possible(), "only root can try what another user could do");
        try (KafkaBroker open = KafkaBroker.start(directory, 0)) {
            House broken = new House(
                    house.state(), server, house.database(), house.secrets(), open.port(), List.of(open.port()));
            assertThat(Attempt.TALK_TO_KAFKA_WITHOUT_A_NAME.succeeds(broken)).isTrue();
            assertThat(Attempt.TALK_TO_KAFKAS_CONTROLLER_WITHOUT_A_NAME.succeeds(broken))
                    .isTrue();
        }
    }

    private static void assertSucceeds(Attempt... attempts) throws Exception {
        for (Attempt attempt : attempts) {
            assertThat(attempt.succeeds(house))
                    .as(attempt + " without its walls")
                    .isTrue();
        }
    }

    private static void assertFails(Attempt... attempts) throws Exception {
        for (Attempt attempt : attempts) {
            assertThat(attempt.succeeds(house))
                    .as(attempt + " behind its second wall")
                    .isFalse();
        }
    }

    private static Map<String, Object> login(String user, String password) {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", "127.0.0.1:" + house.kafkaPort());
        client.put("security.protocol", "SASL_PLAINTEXT");
        client.put("sasl.mechanism", "SCRAM-SHA-256");
        client.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";");
        client.put("default.api.timeout.ms", 10_000);
        client.put("request.timeout.ms", 5_000);
        return client;
    }

    private static Map<String, Object> worker() throws Exception {
        return login(
                "worker",
                Files.readString(house.state().resolve("kafka/worker.password")).strip());
    }

    @Test
    void aReportCannotBeForgedWithoutAPassword() {
        for (String user : List.of("worker", "api", "server", "mallory", "../worker", "")) {
            assertThatThrownBy(() -> send(login(user, "guess"), Topics.REPORTS))
                    .as(user)
                    .hasRootCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void aWorkerReportsAndBeatsAndNothingElse() throws Exception {
        send(worker(), Topics.HEARTBEATS);
        assertThatThrownBy(() -> send(worker(), Topics.BATCHES))
                .hasRootCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> send(worker(), "other")).hasRootCauseInstanceOf(TopicAuthorizationException.class);
        for (String topic : List.of(Topics.REPORTS, Topics.HEARTBEATS)) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(worker(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                consumer.seekToBeginning(consumer.assignment());
                assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(5)))
                        .as("reading " + topic)
                        .isInstanceOf(AuthorizationException.class);
            }
        }
        try (Admin admin = Admin.create(worker())) {
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("mine", 1, (short) 1)))
                            .all()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() ->
                            admin.deleteTopics(List.of(Topics.BATCHES)).all().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() -> admin.describeAcls(org.apache.kafka.common.acl.AclBindingFilter.ANY)
                            .values()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AuthorizationException.class);
        }
    }

    private static void send(Map<String, Object> client, String topic) throws Exception {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("max.block.ms", 10_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .get();
        }
    }
}
