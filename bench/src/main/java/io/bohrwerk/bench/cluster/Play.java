package io.bohrwerk.bench.cluster;

import io.bohrwerk.client.ApiException;
import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.protocol.batch.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What can go wrong in a cluster. Each is played while a job runs, and leaves the cluster whole again. */
enum Play {
    NOTHING("nothing is killed, for comparison") {
        @Override
        String act(Cluster cluster) {
            return "";
        }
    },
    WORKER_KILLED("kill -9 of a worker in the middle of a batch") {
        @Override
        String act(Cluster cluster) throws Exception {
            Member worker = cluster.awaitBusyWorker();
            worker.kill();
            Thread.sleep(1_000);
            worker.start();
            return worker.name();
        }
    },
    EMULATORS_KILLED("kill -9 of three emulators") {
        @Override
        String act(Cluster cluster) throws Exception {
            for (int i = 0; i < 3; i++) { // fewer than a batch has attempts
                cluster.awaitBusyWorker().emulators().forEach(ProcessHandle::destroyForcibly);
                Thread.sleep(1_500);
            }
            return "";
        }
    },
    /** The first, which is also the one that is asked: so the second has to take everything over. */
    API_KILLED("kill -9 of one API") {
        @Override
        String act(Cluster cluster) throws Exception {
            Member api = cluster.apis.get(0);
            cluster.awaitBusyWorker();
            api.kill();
            Thread.sleep(2_000);
            cluster.restart(api);
            return api.name();
        }
    },
    WORKER_STOPPED("SIGTERM of a worker in the middle of a batch") {
        @Override
        String act(Cluster cluster) throws Exception {
            Member worker = cluster.awaitBusyWorker();
            Duration took = worker.stop(Duration.ofSeconds(10));
            worker.start();
            return worker.name() + " was gone after " + took.toMillis() + " ms";
        }
    },
    WORKER_STALLED("a worker stands still for longer than its lock") {
        @Override
        String act(Cluster cluster) throws Exception {
            Member worker = cluster.awaitBusyWorker();
            worker.signal("STOP");
            try {
                Thread.sleep(Cluster.LOCK.plusSeconds(5).toMillis());
            } finally {
                worker.signal("CONT");
            }
            return worker.name();
        }
    },
    WORKER_CUT_OFF("a worker's network is cut for longer than its lock, while it runs on") {
        @Override
        String act(Cluster cluster) throws Exception {
            Optional<Enclosure> enclosure = cluster.enclosure();
            if (enclosure.isEmpty()) {
                return "SKIPPED: this host permits no network namespace (it takes root, unshare and ip)";
            }
            Member worker = cluster.workers.get(cluster.workers.size() - 1);
            cluster.awaitBusy(worker);
            enclosure.get().cut();
            try {
                Thread.sleep(Cluster.LOCK.plusSeconds(10).toMillis());
            } finally {
                enclosure.get().mend();
            }
            return worker.name();
        }
    },
    BROKER_KILLED("kill -9 of the broker") {
        @Override
        String act(Cluster cluster) throws Exception {
            cluster.awaitBusyWorker();
            cluster.kafka.kill();
            Thread.sleep(2_000);
            cluster.restart(cluster.kafka);
            return "";
        }
    },
    DATABASE_KILLED("kill -9 of PostgreSQL") {
        @Override
        String act(Cluster cluster) throws Exception {
            cluster.awaitBusyWorker();
            Member.send("KILL", cluster.postmaster());
            cluster.postgres.kill();
            Thread.sleep(2_000);
            cluster.restart(cluster.postgres);
            return "";
        }
    },
    STORE_SLOW("an S3 server that works a tenth of the time, for 15 s") {
        @Override
        String act(Cluster cluster) throws Exception {
            cluster.awaitBusyWorker();
            for (int i = 0; i < 15; i++) {
                cluster.s3.signal("STOP");
                Thread.sleep(900);
                cluster.s3.signal("CONT");
                Thread.sleep(100);
            }
            return "";
        }
    },
    /** A limit of the size of files, which a process can be put under while it runs; to the server it is a disk without room. */
    STORE_FULL("an S3 server that can write nothing, for 15 s") {
        @Override
        String act(Cluster cluster) throws Exception {
            cluster.awaitBusyWorker();
            Path other = BundledTarget.RACE_PRINT.writeTo(cluster.directory);
            long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            cluster.s3.limitFiles("0");
            try {
                String refused = refusal(cluster, other);
                Thread.sleep(
                        Math.max(0, Duration.ofNanos(end - System.nanoTime()).toMillis()));
                return "an upload meanwhile: " + refused;
            } finally {
                cluster.s3.limitFiles("unlimited");
            }
        }
    },
    STORE_KILLED("kill -9 of the S3 server") {
        @Override
        String act(Cluster cluster) throws Exception {
            cluster.awaitBusyWorker();
            cluster.s3.kill();
            Thread.sleep(2_000);
            cluster.restart(cluster.s3);
            return "";
        }
    },
    REPORTS_REPEATED("all reports so far once more, the last one first, and then once more in order") {
        @Override
        String act(Cluster cluster) throws Exception {
            cluster.awaitBusyWorker();
            List<ConsumerRecord<byte[], byte[]>> reports = reports(cluster);
            List<ConsumerRecord<byte[], byte[]>> again = new ArrayList<>(reports);
            java.util.Collections.reverse(again);
            again.addAll(reports);
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", cluster.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (ConsumerRecord<byte[], byte[]> report : again) {
                    producer.send(
                            new ProducerRecord<>(Topics.REPORTS, null, report.key(), report.value(), report.headers()));
                }
            }
            return again.size() + " copies";
        }
    };

    /** That the store takes nothing must be seen, or the play plays nothing. */
    private static String refusal(Cluster cluster, Path target) throws IOException, InterruptedException {
        try {
            cluster.oneApi().addTarget(target);
        } catch (ApiException e) {
            return String.valueOf(e.getMessage());
        }
        throw new IOException("the store took a target that it had no room for");
    }

    private static final Duration POLL = Duration.ofMillis(500);

    private final String what;

    Play(String what) {
        this.what = what;
    }

    String what() {
        return what;
    }

    /** Played while a job runs. @return a detail for people */
    abstract String act(Cluster cluster) throws Exception;

    private static List<ConsumerRecord<byte[], byte[]>> reports(Cluster cluster) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> reports = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "group.id", "play-" + UUID.randomUUID()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo partition : consumer.partitionsFor(Topics.REPORTS)) {
                partitions.add(new TopicPartition(partition.topic(), partition.partition()));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(POLL).forEach(reports::add);
            }
        }
        return reports;
    }
}
