package io.bohrwerk.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.trail.Trail;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** On a real database and a real store, which other tests share: so each test looks at its own failures. */
@ApiTest
class RetentionTest {
    private static final Duration GRACE = Duration.ofHours(3);
    private static final ApiProperties.Retention.Limits NONE = limits(null, null, null);
    private static final Instant NOW = Instant.now();

    @LocalServerPort
    private int port;

    @Autowired
    private Trail trail;

    @Autowired
    private ApiProperties properties;

    @Autowired
    private JdbcClient database;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private BlobStore blobs;

    private UUID job = UUID.randomUUID();
    private UUID crash = UUID.randomUUID();
    private int number;

    @BeforeEach
    void rows() {
        String target =
                Digest.of(job.toString().getBytes(StandardCharsets.UTF_8)).hex();
        database.sql("insert into targets (id, version, name, manifest, files, created_at)"
                        + " values (?, 0, 'retention', '', '[]', now())")
                .param(target)
                .update();
        job = job(target);
        crash = crash();
    }

    private UUID job(String target) {
        UUID id = UUID.randomUUID();
        database.sql("""
            insert into jobs (id, version, name, target_id, target_name, strategy, iteration_budget, stop_after_failures,
                iterations_per_batch, report_every, timer_period_nanos, state, created_at)
            values (?, 0, 'retention', ?, 'retention', '{"kind": "fixed", "shift": 4, "delay": 0}', 100, 0, 1, 1, 1, 'CANCELLED', now())""").params(id, target).update();
        return id;
    }

    private UUID crash() {
        UUID id = UUID.randomUUID();
        database.sql("insert into crashes (id, version, signature, title, outcome, failures, first_seen, last_seen)"
                        + " values (?, 0, ?, 'retention', 'FAILED', 0, now(), now())")
                .params(id, id.toString())
                .update();
        return id;
    }

    /** A failure of the job, with one artifact of these bytes. */
    private UUID failure(UUID crash, int daysAgo, byte[] bytes) throws IOException {
        UUID batch = UUID.randomUUID();
        database.sql("""
            insert into batches (id, version, job_id, number, attempt, state, schedule, iterations, iterations_run, queued_at)
            values (?, 0, ?, ?, 1, 'COMPLETED', '{}', 1, 1, now())""").params(batch, job, number++).update();
        UUID id = UUID.randomUUID();
        database.sql("""
            insert into failures (id, version, job_id, batch_id, crash_id, attempt, worker_id, iteration, outcome, reason,
                instruction_count, report, replay, replay_note, coordinates, occurred_at)
            values (?, 0, ?, ?, ?, 1, 'w', 1, 'FAILED', '', 1, '', 'VERIFIED', '', '{}', ?)""")
                .params(
                        id,
                        job,
                        batch,
                        crash,
                        NOW.minus(Duration.ofDays(daysAgo)).atOffset(ZoneOffset.UTC))
                .update();
        Digest digest = Digest.of(bytes);
        blobs.put(digest, new ByteArrayInputStream(bytes));
        database.sql("insert into artifacts (failure_id, kind, size, digest) values (?, 'MERGED_LOG', ?, ?)")
                .params(id, bytes.length, digest.hex())
                .update();
        return id;
    }

    private UUID failure(UUID crash, int daysAgo, int size) throws IOException {
        return failure(crash, daysAgo, unique(size));
    }

    private static byte[] unique(int size) {
        byte[] bytes = new byte[size];
        byte[] name = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, bytes, 0, Math.min(size, name.length));
        return bytes;
    }

    private static ApiProperties.Retention.Limits limits(
            @Nullable Integer count, @Nullable Duration age, @Nullable DataSize bytes) {
        return new ApiProperties.Retention.Limits(count, age, bytes);
    }

    private Retention retention(ApiProperties.Retention.Limits ofJob, ApiProperties.Retention.Limits ofCrash) {
        ApiProperties settings = new ApiProperties(
                properties.blobs(),
                properties.scheduling(),
                properties.uploads(),
                properties.queue(),
                properties.events(),
                new ApiProperties.Retention(Duration.ofHours(1), GRACE, Duration.ofDays(365), ofJob, ofCrash),
                properties.workerTimeout(),
                properties.largestJson(),
                properties.hosts(),
                properties.access(),
                properties.telemetry());
        return new Retention(
                new Expired(database, settings),
                new RetiredBlobs(database, blobs, settings),
                trail,
                database,
                transaction,
                settings);
    }

    private List<UUID> planned(Retention retention) {
        return retention.plan(NOW).items().stream()
                .filter(item -> item.job().equals(job))
                .map(RetentionReport.Item::failure)
                .toList();
    }

    private boolean hasArtifacts(UUID failure) {
        return database.sql("select exists (select 1 from artifacts where failure_id = ?)")
                .param(failure)
                .query(Boolean.class)
                .single();
    }

    @Test
    void anOpenCrashKeepsItsLastFailureWhateverTheLimitsSay() throws Exception {
        UUID oldest = failure(crash, 40, 50);
        UUID older = failure(crash, 30, 50);
        UUID last = failure(crash, 20, 50);
        assertThat(planned(retention(NONE, limits(2, null, null)))).containsExactly(oldest);
        Retention strict = retention(
                limits(1, Duration.ofDays(1), DataSize.ofBytes(1)), limits(1, Duration.ofDays(1), DataSize.ofBytes(1)));
        assertThat(planned(strict)).containsExactly(oldest, older);
        strict.run(NOW);
        assertThat(hasArtifacts(oldest)).isFalse();
        assertThat(hasArtifacts(last)).isTrue();
        assertThat(planned(strict)).isEmpty();
        database.sql("update crashes set state = 'FIXED' where id = ?")
                .param(crash)
                .update();
        assertThat(planned(strict)).containsExactly(last);
    }

    /** The last one with something to look at: a failure that left nothing, or nothing any more, is no reason to lose one that did. */
    @Test
    void aFailureWithoutArtifactsIsNotTheLast() throws Exception {
        UUID kept = failure(crash, 40, 50);
        UUID bare = failure(crash, 1, 50);
        database.sql("delete from artifacts where failure_id = ?").param(bare).update();
        assertThat(planned(retention(NONE, limits(1, Duration.ofDays(2), null))))
                .isEmpty();
        assertThat(hasArtifacts(kept)).isTrue();
    }

    @Test
    void aJobsFailuresAreCountedOverAllItsCrashes() throws Exception {
        UUID other = crash();
        UUID first = failure(crash, 4, 60);
        UUID second = failure(crash, 3, 60);
        failure(other, 2, 60);
        failure(crash, 1, 60);
        assertThat(planned(retention(limits(3, null, null), NONE))).containsExactly(first);
        assertThat(planned(retention(limits(null, null, DataSize.ofBytes(130)), NONE)))
                .containsExactly(first, second);
        assertThat(planned(retention(limits(null, Duration.ofHours(84), null), NONE)))
                .containsExactly(first);
    }

    @Test
    void whatIsBeingReplayedStays() throws Exception {
        UUID first = failure(crash, 4, 50);
        failure(crash, 3, 50);
        UUID replay = UUID.randomUUID();
        database.sql("""
            insert into replays (id, version, failure_id, attempt, state, mode, log_classes, log_window, times, queued_at, created_at)
            values (?, 0, ?, 1, 'RUNNING', 'LOG', '[]', '{}', 1, now(), now())""").params(replay, first).update();
        Retention one = retention(NONE, limits(1, null, null));
        assertThat(planned(one)).isEmpty();
        database.sql("update replays set state = 'ERROR' where id = ?")
                .param(replay)
                .update();
        assertThat(planned(one)).containsExactly(first);
    }

    @Test
    void blobsGoAfterTheirGraceUnlessOthersReferToThem() throws Exception {
        byte[] own = unique(50);
        byte[] shared = unique(50);
        byte[] again = unique(50);
        failure(crash, 4, own);
        failure(crash, 3, shared);
        failure(crash, 2, again);
        UUID last = failure(crash, 1, shared);
        Retention one = retention(NONE, limits(1, null, null));
        // Blobs are stored by the store's own clock.
        Instant later = Instant.now().plus(Duration.ofMinutes(1));
        RetentionReport report = one.run(later);
        assertThat(report.items().stream().filter(item -> item.job().equals(job)))
                .hasSize(3)
                .allMatch(item -> item.limit() == RetentionReport.Limit.CRASH_COUNT);
        assertThat(report.waitingBlobs()).isGreaterThanOrEqualTo(3);
        for (byte[] each : List.of(own, shared, again)) {
            assertThat(blobs.find(Digest.of(each))).isPresent();
        }
        // The same failure once more, while its bytes are on their way out.
        Instant muchLater = later.plus(GRACE).plusSeconds(1);
        UUID newest = failure(crash, 0, again);
        one.run(muchLater);
        assertThat(blobs.find(Digest.of(own))).isEmpty();
        assertThat(blobs.find(Digest.of(again))).isPresent();
        assertThat(hasArtifacts(last)).isFalse();
        // Its row was the last one to refer to it, and went in this very run.
        assertThat(blobs.find(Digest.of(shared))).isPresent();
        one.run(muchLater.plus(GRACE).plusSeconds(1));
        assertThat(blobs.find(Digest.of(shared))).isEmpty();
        assertThat(hasArtifacts(newest)).isTrue();
    }

    @Test
    void overRestWithoutLimitsNothingIsPlanned() throws Exception {
        UUID failure = failure(crash, 400, 50);
        failure(crash, 300, 50);
        Http http = new Http(port);
        JsonNode plan = http.get("/api/v1/retention").json();
        assertThat(plan.get("failures").asInt()).isZero();
        assertThat(http.post("/api/v1/retention/run", "").json().get("failures").asInt())
                .isZero();
        assertThat(hasArtifacts(failure)).isTrue();
    }
}
