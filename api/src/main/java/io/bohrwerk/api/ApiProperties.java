package io.bohrwerk.api;

import io.bohrwerk.protocol.InvalidInputException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * All settings of the API process. Unknown keys keep it from starting.
 *
 * @param blobs where bytes are kept
 * @param scheduling how many batches are in flight, and when they are given up
 * @param uploads large files on their way into targets
 * @param queue Kafka's topics and the outbox
 * @param events the event streams of jobs
 * @param retention how long failures keep their artifacts, and the audit trail its entries
 * @param workerTimeout a worker whose last heartbeat is older counts as dead; several times the interval of heartbeats
 * @param largestJson longest JSON body that is read
 * @param hosts names, in lower case and without a port, by which this server may be called besides loopback's: its own where it listens
 *     on another address, and those of a proxy before it
 * @param access who may call, how often, and how much
 * @param telemetry where spans go
 */
@ConfigurationProperties(prefix = "bohrwerk.api", ignoreUnknownFields = false)
public record ApiProperties(
        @DefaultValue Blobs blobs,
        @DefaultValue Scheduling scheduling,
        @DefaultValue Uploads uploads,
        @DefaultValue Queue queue,
        @DefaultValue Events events,
        @DefaultValue Retention retention,
        @DefaultValue("30s") Duration workerTimeout,
        @DefaultValue("1MB") DataSize largestJson,
        @DefaultValue List<String> hosts,
        @DefaultValue Access access,
        @DefaultValue Telemetry telemetry) {
    /**
     * Exactly one of the two stores.
     *
     * @param directory of the file store; several processes on one host, or on one shared disk, may use it at once
     * @param leastFree the file store counts as full when its disk has less room than this
     * @param s3 the S3 store
     */
    public record Blobs(
            @Nullable String directory,
            @DefaultValue("1GB") DataSize leastFree,
            @Nullable S3 s3) {}

    /**
     * An S3 bucket, of Amazon or of anything that speaks its protocol.
     *
     * @param endpoint URL of the service; null for Amazon's own
     * @param region what a service of one's own calls itself is often {@code us-east-1}
     * @param bucket made at the start when it is missing
     * @param prefix of all keys; empty for none
     * @param accessKey null to ask the environment, as Amazon's own tools do
     * @param secretKey belongs to {@code accessKey}
     * @param pathStyle whether the bucket stands in the path and not in the host name; most services but Amazon's want it
     */
    public record S3(
            @Nullable URI endpoint,
            @DefaultValue("us-east-1") String region,
            @DefaultValue("") String bucket,
            @DefaultValue("") String prefix,
            @Nullable String accessKey,
            @Nullable String secretKey,
            @DefaultValue("false") boolean pathStyle) {
        /** Without the secret: settings end up in logs. */
        @Override
        public String toString() {
            return "S3[" + endpoint + ", " + bucket + "]";
        }
    }

    /**
     * The window of batches that a job has in flight: small, so that cancelling is quick, and large enough that no slot waits.
     *
     * @param batchesPerSlot batches in flight for each slot of the live workers; 2 keeps one waiting while one runs
     * @param fewestBatches least in flight, also when no worker is known yet
     * @param mostBatches most in flight for one job, however many slots there are: what a cancelled job leaves in the queue
     * @param mostAttempts attempts at a batch before it is lost and its job ends
     * @param retryDelay before the second attempt at a batch; doubled for each one after it, so that a short trouble is outlived
     * @param batchTimeout after this time without a report, and without a live worker that has it running, a batch is queued again
     * @param checkInterval how often wall times, windows and silent batches are looked at
     */
    public record Scheduling(
            @DefaultValue("2") int batchesPerSlot,
            @DefaultValue("2") int fewestBatches,
            @DefaultValue("10000") int mostBatches,
            @DefaultValue("5") int mostAttempts,
            @DefaultValue("2s") Duration retryDelay,
            @DefaultValue("15m") Duration batchTimeout,
            @DefaultValue("2s") Duration checkInterval) {}

    /**
     * Files that are sent in pieces. They lie on this host until a target takes them: where several API processes stand behind one
     * address, an upload's requests must all go to one of them, or the directory be on a disk that they share.
     *
     * @param directory where they lie; {@code ~/} stands for the user's home
     * @param largest longest file that is taken
     * @param keep how long one is kept to which nothing is added
     * @param check whether a worker checks each target that is uploaded without a check's result; jobs on it wait for that
     * @param mostBegun uploads that have begun and are not whole yet, at once
     */
    public record Uploads(
            @DefaultValue("~/.cache/bohrwerk/uploads") String directory,
            @DefaultValue("64GB") DataSize largest,
            @DefaultValue("24h") Duration keep,
            @DefaultValue("true") boolean check,
            @DefaultValue("100") int mostBegun) {
        /** {@link #directory} on this host. */
        public Path path() {
            return directory.startsWith("~/")
                    ? Path.of(System.getProperty("user.home"), directory.substring(2))
                    : Path.of(directory).toAbsolutePath();
        }
    }

    /**
     * Kafka.
     *
     * @param partitions of the topics of reports and heartbeats, when they are made; batches have one, which all workers share
     * @param replicationFactor of each topic that is made; 3 in a cluster of brokers
     * @param publishInterval how often the outbox is looked through without being called; it is called on every commit
     * @param workerUser as which the workers log in to a broker that grants rights, as {@code User:name}: it is granted what a worker
     *     needs. Null where the broker lets everyone do everything, or others see to it
     * @param unsealedReports whether reports are taken in that do not show the secret of their attempt: while workers of an earlier
     *     version still run
     */
    public record Queue(
            @DefaultValue("4") int partitions,
            @DefaultValue("1") short replicationFactor,
            @DefaultValue("1s") Duration publishInterval,
            @Nullable String workerUser,
            @DefaultValue("false") boolean unsealedReports) {}

    /**
     * Server-sent events.
     *
     * @param mostClients streams open at once; each is a connection and a look into the database per interval
     * @param interval least time between two events of one stream
     * @param heartbeat time after which a comment is sent, so that proxies keep the connection and dead clients are found
     */
    public record Events(
            @DefaultValue("100") int mostClients,
            @DefaultValue("500ms") Duration interval,
            @DefaultValue("15s") Duration heartbeat) {}

    /**
     * How long failures keep their artifacts. A failure goes without them when it is past one limit of its job or of its crash; the failure
     * itself stays, and what is counted of it. An open crash keeps the artifacts of its last failure whatever the limits say.
     *
     * @param interval how often it is looked after
     * @param grace a blob that nothing refers to any more is deleted after this time, unless it was stored again; longer than a worker may
     *     take from storing to reporting, and, in S3, than the hour in which storing again does not move the time
     * @param trail how long the audit trail is kept
     * @param job for each job
     * @param crash for each crash
     */
    public record Retention(
            @DefaultValue("1h") Duration interval,
            @DefaultValue("3h") Duration grace,
            @DefaultValue("365d") Duration trail,
            @DefaultValue Limits job,
            @DefaultValue Limits crash) {
        public Retention {
            require(!interval.isZero() && !interval.isNegative(), "interval", interval, "must be longer than 0");
            require(!grace.isNegative(), "grace", grace, "must not be negative");
            require(!trail.isZero() && !trail.isNegative(), "trail", trail, "must be longer than 0");
            job.requireLimits("job.");
            crash.requireLimits("crash.");
        }

        /**
         * Of the failures that have artifacts, the latest first; null for no limit.
         *
         * @param count how many keep them
         * @param age for how long after they occurred
         * @param bytes of all together
         */
        public record Limits(
                @Nullable Integer count,
                @Nullable Duration age,
                @Nullable DataSize bytes) {
            /** @param prefix of the keys, for the message */
            private void requireLimits(String prefix) {
                require(count == null || count >= 1, prefix + "count", count, "must be at least 1, or left out");
                require(
                        age == null || (!age.isNegative() && !age.isZero()),
                        prefix + "age",
                        age,
                        "must be longer than 0, or left out");
                require(
                        bytes == null || bytes.toBytes() > 0,
                        prefix + "bytes",
                        bytes,
                        "must be more than 0, or left out");
            }
        }

        private static void require(boolean condition, String key, @Nullable Object value, String rule) {
            InvalidInputException.require(condition, "bohrwerk.api.retention." + key, String.valueOf(value), rule);
        }
    }

    /**
     * Who may call. Without any of {@code tokens}, {@code adminTokenFile} and an issuer in
     * {@code spring.security.oauth2.resourceserver.jwt} everyone may do everything, and the server listens on loopback only.
     *
     * @param tokens whether callers must show a token of ours
     * @param adminTokenFile a file with a token that may do everything, for making the others; makes tokens a must
     * @param scopeClaim the claim of an issuer's tokens with their scopes: {@code bohrwerk:read}, {@code bohrwerk:submit},
     *     {@code bohrwerk:admin}
     * @param requestsPerSecond of one token, or of one address where there is none; 0 for no limit. A page that is looked at makes one or two
     * @param burst requests made at once after a while of silence
     * @param mostRunningJobs jobs of one caller that have not ended, at once; not for those who need no token
     * @param mostIterations budgets of all jobs of one caller that have not ended, together; not for those who need no token
     */
    public record Access(
            @DefaultValue("false") boolean tokens,
            @Nullable String adminTokenFile,
            @DefaultValue("scope") String scopeClaim,
            @DefaultValue("200") int requestsPerSecond,
            @DefaultValue("1000") int burst,
            @DefaultValue("100") int mostRunningJobs,
            @DefaultValue("1000000000000") long mostIterations) {}

    /**
     * Spans, from a job's submission to the report on its batch, by OpenTelemetry's protocol over HTTP.
     *
     * @param endpoint the collector's for spans, {@code http://collector:4318/v1/traces}; null for none, and no cost
     * @param headers sent along, for collectors that ask who calls: {@code name=value}, several divided by commas
     * @param batchesPerJob how many batches of a job are traced, its first ones: a job may have a million
     */
    public record Telemetry(
            @Nullable URI endpoint,
            @DefaultValue("") String headers,
            @DefaultValue("100") int batchesPerJob) {
        /** Headers carry passwords. */
        @Override
        public String toString() {
            return "Telemetry[" + endpoint + "]";
        }
    }
}
