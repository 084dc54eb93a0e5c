package io.bohrwerk.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerTest {
    private static final String GROUP = "group";
    private static final String TOPIC = "topic";

    @TempDir
    Path directory;

    /** A message that nobody took before the broker stopped is taken after it. */
    @Test
    void keepsItsMessagesOverARestartAndServesShareGroups() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(directory, 0)) {
            Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(client)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                        .all()
                        .get();
                ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.GROUP, GROUP),
                                List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(TOPIC, "hello".getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
        try (KafkaBroker broker = KafkaBroker.start(directory, 0);
                KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.bootstrapServers(),
                                "group.id",
                                GROUP,
                                "share.acknowledgement.mode",
                                "explicit"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            List<ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
            for (int i = 0; i < 30 && taken.isEmpty(); i++) {
                consumer.poll(Duration.ofSeconds(1)).forEach(taken::add);
            }
            assertThat(taken).hasSize(1);
            assertThat(new String(taken.get(0).value(), StandardCharsets.UTF_8)).isEqualTo("hello");
            consumer.acknowledge(taken.get(0), AcknowledgeType.ACCEPT);
            assertThat(consumer.commitSync().values()).allMatch(Optional::isEmpty);
        }
    }
}
