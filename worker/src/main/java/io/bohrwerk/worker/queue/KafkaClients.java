package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.worker.settings.WorkerProperties;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's clients with the settings that were found to work, and what must be on the broker before they are used. */
public final class KafkaClients {
    private static final Logger log = LoggerFactory.getLogger(KafkaClients.class);
    /**
     * At its own limit the broker drops a record without a word. So the worker gives up before, at {@link #MOST_DELIVERIES}, and says so.
     */
    private static final int DELIVERY_LIMIT = 10;
    /** From this delivery on a batch is not run any more: it may be what kills workers. */
    public static final int MOST_DELIVERIES = 8;

    private static final Duration ADMIN_LIMIT = Duration.ofSeconds(10);

    private final WorkerProperties.Queue settings;
    private final String workerId;
    private final Set<String> kinds;
    private boolean ready;

    /** @param kinds of work that this worker reports on */
    public KafkaClients(WorkerProperties.Queue settings, String workerId, Set<String> kinds) {
        this.settings = settings;
        this.workerId = workerId;
        this.kinds = kinds;
    }

    String bootstrapServers() {
        return settings.bootstrapServers();
    }

    /**
     * Makes topics that are missing and sets up the share group, once in a process.
     *
     * @throws KafkaException when the broker is not there, or refuses
     */
    synchronized void makeReady() {
        if (ready) {
            return;
        }
        Admin admin = Admin.create(common("admin"));
        try {
            makeTopic(admin, Topics.BATCHES, Topics.BATCHES_PARTITIONS);
            for (String kind : kinds) {
                makeTopic(admin, Topics.reports(kind), settings.partitions());
            }
            makeTopic(admin, Topics.HEARTBEATS, settings.partitions());
            makeTopic(admin, Topics.WITHDRAWALS, 1);
            checkPartitions(admin);
            configureGroup(admin);
            ready = true;
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private void makeTopic(Admin admin, String name, int partitions) {
        NewTopic topic = new NewTopic(name, partitions, settings.replicationFactor());
        try {
            await(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException | TopicAuthorizationException e) {
            return; // made by the API or another worker; or the broker leaves making topics to the API
        }
    }

    private static void checkPartitions(Admin admin) {
        int partitions = 0;
        for (TopicDescription topic : await(
                        admin.describeTopics(List.of(Topics.BATCHES)).allTopicNames())
                .values()) {
            partitions += topic.partitions().size();
        }
        if (partitions != Topics.BATCHES_PARTITIONS) {
            log.warn(
                    "topic {} has {} partitions: batches wait behind busy slots while others are idle; make it anew with {}",
                    Topics.BATCHES,
                    partitions,
                    Topics.BATCHES_PARTITIONS);
        }
    }

    private void configureGroup(Admin admin) {
        Collection<AlterConfigOp> changes = List.of(
                set("share.auto.offset.reset", "earliest"),
                set(
                        "share.record.lock.duration.ms",
                        Long.toString(settings.lock().toMillis())),
                set("share.delivery.count.limit", Integer.toString(DELIVERY_LIMIT)));
        await(admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.GROUP, Topics.WORKERS_GROUP), changes))
                .all());
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    private static <T> T await(KafkaFuture<T> done) {
        try {
            return done.get();
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known
                    ? known
                    : new KafkaException(String.valueOf(e.getMessage()), e);
        }
    }

    KafkaShareConsumer<byte[], byte[]> consumer(String name) {
        Map<String, Object> config = common(name);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.WORKERS_GROUP);
        config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        // The default hands all that is there to whoever asks first.
        config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        return new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Of a topic that every worker reads for itself; keeps no offsets. */
    Consumer<byte[], byte[]> reader(String name) {
        Map<String, Object> config = common(name);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public Producer<String, byte[]> producer() {
        Map<String, Object> config = common("producer");
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        // A broker's restart takes some ten seconds; a report that waits longer is better given back with its batch.
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> common(String name) {
        Map<String, Object> config = new HashMap<>(settings.client());
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, workerId + "-" + name);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 5_000);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ADMIN_LIMIT.toMillis());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ADMIN_LIMIT.toMillis());
        return config;
    }
}
