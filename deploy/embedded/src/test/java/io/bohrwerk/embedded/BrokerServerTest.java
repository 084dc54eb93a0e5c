package io.bohrwerk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class BrokerServerTest {
    private static final String USER = "api";
    private static final String TOPIC = "topic";
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private Duration limit = SOON;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private BrokerServer start() throws IOException {
        return BrokerServer.start(data(), 0, List.of(USER), directory.resolve("kafka.log"), told::add);
    }

    private Path data() {
        return directory.resolve("kafka");
    }

    private static Map<String, Object> client(BrokerServer broker) throws IOException {
        Map<String, Object> client = new HashMap<>(broker.login(USER));
        client.put("bootstrap.servers", broker.bootstrapServers());
        return client;
    }

    private static void send(BrokerServer broker, String word) throws Exception {
        try (Admin admin = Admin.create(client(broker))) {
            if (!admin.listTopics().names().get(30, TimeUnit.SECONDS).contains(TOPIC)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
        }
        Map<String, Object> settings = client(broker);
        settings.put("acks", "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, word.getBytes(StandardCharsets.UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static List<String> received(BrokerServer broker) throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(broker), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            List<String> words = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> words.add(new String(record.value(), StandardCharsets.UTF_8)));
            }
            return words;
        }
    }

    @Test
    void isStartedAgainWhenItIsKilledAndKeepsWhatItHad() throws Exception {
        try (BrokerServer broker = start()) {
            send(broker, "before");
            ProcessHandle killed = BrokerServer.process(data()).orElseThrow();
            killed.destroyForcibly();
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo("Kafka ended by itself (signal 9); starting it again");
            String again;
            do {
                again = told.poll(60, TimeUnit.SECONDS);
            } while (again != null && again.startsWith("Kafka is not ready yet")); // the host may be busy
            assertThat(again).startsWith("Kafka serves again, after");
            send(broker, "after");
            assertThat(received(broker)).containsExactly("before", "after");
            assertThat(BrokerServer.process(data()).orElseThrow().pid()).isNotEqualTo(killed.pid());
            assertThatThrownBy(this::start).hasMessageContaining("in use by another Kafka");
        }
        assertThat(BrokerServer.process(data())).isEmpty();
        assertThat(told).isEmpty();
    }

    /** One that hangs, and whose parent was killed, does not hear of that: the next start ends it. */
    @Test
    void aBrokerThatWasLeftBehindIsStopped() throws Exception {
        start().close();
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Holder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(holder.inputReader().lines().anyMatch("holding"::equals)).isTrue();
        ProcessHandle left = BrokerServer.process(data()).orElseThrow();
        new ProcessBuilder("kill", "-STOP", Long.toString(left.pid())).start().waitFor();
        holder.destroyForcibly().waitFor();
        assertThat(left.isAlive()).isTrue();
        try (BrokerServer broker = start()) {
            assertThat(left.isAlive()).isFalse();
            send(broker, "after");
        }
    }

    /** A process that holds a broker until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            BrokerServer.start(
                    directory.resolve("kafka"), 0, List.of(USER), directory.resolve("holder.log"), word -> {});
            System.out.println("holding");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void itsParentsEndIsItsOwn() throws Exception {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Holder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(holder.inputReader().lines().anyMatch("holding"::equals)).isTrue();
        ProcessHandle broker = BrokerServer.process(data()).orElseThrow();
        holder.destroyForcibly().waitFor();
        assertThat(broker.onExit()).succeedsWithin(Duration.ofSeconds(15));
    }

    @Test
    void saysSoonWhatIsWrongWithADamagedDirectory() throws Exception {
        long began = System.nanoTime();
        try (BrokerServer broker = start()) {
            // On a host with nothing else to do this is the 5 s below.
            limit = Duration.ofNanos(2 * (System.nanoTime() - began));
            send(broker, "before");
        }
        byte[] good = Files.readAllBytes(data().resolve("meta.properties"));
        Files.writeString(data().resolve("meta.properties"), "version=1\nnode.id=7\ncluster.id=x\n");
        assertRefused("node", "7");
        Files.write(data().resolve("meta.properties"), new byte[] {0, (byte) 0xff, 7});
        assertRefused("node ID not found");
        Files.write(data().resolve("meta.properties"), good);
        Files.delete(data().resolve("api.password"));
        Files.createDirectory(data().resolve("api.password"));
        assertRefused("LogManager", "api.password");
        Files.delete(data().resolve("api.password"));
        Files.writeString(data().resolve("__cluster_metadata-0/quorum-state"), "{ cut off");
        assertRefused("Unexpected character");
    }

    /** Told within the time, by the refusal or before it. */
    private void assertRefused(String... words) {
        told.clear();
        long began = System.nanoTime();
        try (BrokerServer broker = start()) {
            throw new AssertionError("it started");
        } catch (IOException e) {
            long took = System.nanoTime() - began;
            assertThat(e.getMessage())
                    .contains("Kafka does not", data().toString(), "kafka.log")
                    .contains(words);
            assertThat(Duration.ofNanos(took)).isLessThan(limit.compareTo(SOON) > 0 ? limit : SOON);
        }
    }
}
