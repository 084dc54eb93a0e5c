package io.bohrwerk.worker.settings;

import com.sun.management.OperatingSystemMXBean;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.InvalidInputException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * All settings of a worker process. Unknown keys keep it from starting.
 *
 * @param id unique per worker process: letters, digits, dots, dashes and underscores, up to 100; when empty, the host's name and a
 *     random suffix
 * @param slots machines at once; 0 for one per processor core
 * @param largestGuest memory of a guest that a slot serves; work for larger ones goes to other workers. Not set: this host's memory (a
 *     container's, where it has a limit) without this process's heap, divided by the slots
 * @param directory where machines and caches live while the process does; {@code ~/} stands for the user's home. Several workers may
 *     share it
 * @param leastFree room that is kept free on this disk: with less no work is taken, until there is more again. Above
 *     {@code blobs.least-free} where the file store is on the same disk
 * @param cacheLimit how much of targets and snapshots is kept on this disk for the next batch. What is in use stays, also above it
 * @param heartbeatInterval time between two signs of life
 * @param stopLimit time for an orderly stop; container platforms kill 10 to 30 s after asking
 * @param emulators those that this worker offers, the preferred first: {@code system} for the QEMU on the {@code PATH}, a directory that
 *     holds {@code qemu-system-*}, or one such program. The first serves whatever asks for none
 * @param confinement what to do on a host that forbids a wall around emulators: {@code required} refuses to start, {@code available} starts
 *     without it. Not set: {@code required} where the worker runs as root
 * @param limits of machines
 * @param blobs where bytes are kept
 * @param queue Kafka
 * @param telemetry where spans go
 */
@ConfigurationProperties(prefix = "bohrwerk.worker", ignoreUnknownFields = false)
public record WorkerProperties(
        @DefaultValue("") String id,
        @DefaultValue("0") int slots,
        @Nullable DataSize largestGuest,
        @DefaultValue("~/.cache/bohrwerk/worker") String directory,
        @DefaultValue("1500MB") DataSize leastFree,
        @DefaultValue("10GB") DataSize cacheLimit,
        @DefaultValue("2s") Duration heartbeatInterval,
        @DefaultValue("9s") Duration stopLimit,
        @DefaultValue("system") List<String> emulators,
        Confinement.@Nullable Demand confinement,
        @DefaultValue Limits limits,
        @DefaultValue Blobs blobs,
        @DefaultValue Queue queue,
        @DefaultValue Telemetry telemetry) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public WorkerProperties {
        id = id.isEmpty() ? host() + "-" + randomSuffix() : id;
        slots = slots == 0 ? Runtime.getRuntime().availableProcessors() : slots;
        require(ID.matcher(id).matches(), "id", id, "must be 1 to 100 letters, digits, dots, dashes or underscores");
        require(slots >= 1 && slots <= 1024, "slots", slots, "must be between 1 and 1024");
        require(!directory.isBlank(), "directory", directory, "must not be empty");
        require(
                largestGuest == null || largestGuest.toBytes() > 0,
                "largest-guest",
                String.valueOf(largestGuest),
                "must be more than nothing");
        requirePositive("heartbeat-interval", heartbeatInterval);
        requirePositive("stop-limit", stopLimit);
        require(!emulators.isEmpty(), "emulators", "[]", "must name at least one, as system");
        emulators = List.copyOf(emulators);
        require(!leastFree.isNegative(), "least-free", leastFree, "must not be negative");
        require(!cacheLimit.isNegative(), "cache-limit", cacheLimit, "must not be negative");
    }

    /**
     * Limits of a machine. Everything that can hang or grow has one.
     *
     * @param ready host time from a machine's start until its guest is ready
     * @param batch host time for a batch; beyond it the batch is infrastructure trouble, not a failure
     * @param replay host time for the replay of a failing batch
     * @param console how much a guest may print in one batch
     * @param mergedLog how much of a merged log is kept, before compression
     */
    public record Limits(
            @DefaultValue("3m") Duration ready,
            @DefaultValue("10m") Duration batch,
            @DefaultValue("20m") Duration replay,
            @DefaultValue("16MB") DataSize console,
            @DefaultValue("4GB") DataSize mergedLog) {
        public Limits {
            requirePositive("limits.ready", ready);
            requirePositive("limits.batch", batch);
            requirePositive("limits.replay", replay);
        }
    }

    /**
     * The blob store, the same as the API's: exactly one of the two.
     *
     * @param directory of the file store
     * @param leastFree room that the file store leaves on its disk: below it, it counts as full
     * @param s3 the S3 store
     */
    public record Blobs(
            @Nullable String directory,
            @DefaultValue("1GB") DataSize leastFree,
            @Nullable S3 s3) {}

    /**
     * An S3 bucket, of AWS or of anything that speaks its protocol.
     *
     * @param bucket its name
     * @param region as AWS names it
     * @param endpoint of a service that is not AWS; null for AWS
     * @param prefix of all keys, without slashes at its ends; empty for none
     * @param accessKey null for the SDK's own chain of credentials
     * @param secretKey belongs to {@code accessKey}
     * @param pathStyle the bucket in the path instead of the host name, as most servers that are not AWS want it
     */
    public record S3(
            String bucket,
            @DefaultValue("us-east-1") String region,
            @Nullable URI endpoint,
            @DefaultValue("") String prefix,
            @Nullable String accessKey,
            @Nullable String secretKey,
            @DefaultValue("false") boolean pathStyle) {
        /** Without the secret: records are printed. */
        @Override
        public String toString() {
            return "S3[bucket=" + bucket + ", region=" + region + ", endpoint=" + endpoint + "]";
        }
    }

    /**
     * Kafka.
     *
     * @param bootstrapServers host:port, several divided by commas
     * @param lock how long a batch is this worker's without a renewal; brokers take 15 s to 60 s unless told otherwise
     * @param renewInterval time between two renewals while a batch runs; a third of {@code lock} leaves room for two misses
     * @param partitions of the topics of reports and heartbeats, when they are made; batches have one, which all workers share
     * @param replicationFactor of each topic that is made when missing; 3 in a cluster of brokers
     * @param client further settings of all Kafka clients, by Kafka's own names: security
     */
    public record Queue(
            @DefaultValue("localhost:9092") String bootstrapServers,
            @DefaultValue("30s") Duration lock,
            @DefaultValue("10s") Duration renewInterval,
            @DefaultValue("4") int partitions,
            @DefaultValue("1") short replicationFactor,
            @DefaultValue Map<String, String> client) {
        public Queue {
            requirePositive("queue.renew-interval", renewInterval);
            require(
                    renewInterval.compareTo(lock) < 0,
                    "queue.renew-interval",
                    renewInterval,
                    "must be shorter than queue.lock");
            client = Map.copyOf(client);
        }

        /** Security settings carry passwords. */
        @Override
        public String toString() {
            return "Queue[" + bootstrapServers + "]";
        }
    }

    /**
     * Spans of batches that the API has traced from their job's submission, by OpenTelemetry's protocol over HTTP.
     *
     * @param endpoint the collector's for spans, {@code http://collector:4318/v1/traces}; null for none, and no cost
     * @param headers sent along, for collectors that ask who calls: {@code name=value}, several divided by commas
     */
    public record Telemetry(
            @Nullable URI endpoint, @DefaultValue("") String headers) {
        /** Headers carry passwords. */
        @Override
        public String toString() {
            return "Telemetry[" + endpoint + "]";
        }
    }

    /** {@link #directory} on this host. */
    public Path home() {
        return directory.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), directory.substring(2))
                : Path.of(directory).toAbsolutePath();
    }

    /** Bytes of memory that a guest may have here. */
    public long largestGuestBytes() {
        if (largestGuest != null) {
            return largestGuest.toBytes();
        }
        long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        return Math.max(0, memory - Runtime.getRuntime().maxMemory()) / slots;
    }

    public EmulatorSettings emulatorSettings() {
        return new EmulatorSettings(
                home().resolve("machines"),
                limits.ready(),
                limits.batch(),
                limits.replay(),
                new ByteSize(limits.console().toBytes()),
                new ByteSize(limits.mergedLog().toBytes()),
                confinement);
    }

    /** @throws InvalidInputException when one of the emulators is no such thing */
    public List<Installation> installations() {
        List<Installation> installations = new ArrayList<>();
        for (int i = 0; i < emulators.size(); i++) {
            installations.add(Installation.of("bohrwerk.worker.emulators[" + i + "]", emulators.get(i)));
        }
        return installations;
    }

    /** This host's name, cleaned of what an id may not hold. */
    public static String host() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
            return name.substring(0, Math.min(80, name.length()));
        } catch (UnknownHostException e) {
            return "unknown-host"; // containers without a resolvable name of their own
        }
    }

    private static String randomSuffix() {
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static void requirePositive(String key, Duration value) {
        require(!value.isZero() && !value.isNegative(), key, value, "must be longer than nothing");
    }

    private static void require(boolean condition, String key, Object value, String rule) {
        InvalidInputException.require(condition, "bohrwerk.worker." + key, value, rule);
    }
}
