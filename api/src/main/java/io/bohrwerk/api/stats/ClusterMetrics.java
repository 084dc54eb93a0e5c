package io.bohrwerk.api.stats;

import io.bohrwerk.api.worker.Fleet;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The cluster in numbers, for {@code /actuator/prometheus}. They are the database's, so every API process says the same and a restart
 * loses nothing: of several processes take the largest, not the sum. While the database is away there is no number at all.
 */
@Component
class ClusterMetrics implements MeterBinder {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMetrics.class);
    /** One look serves all numbers of a scrape. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private static final List<String> JOB_STATES = List.of("queued", "running", "completed", "cancelled", "error");
    private static final List<String> OUTCOMES = List.of("failed", "hung", "panicked");
    private static final List<String> VERDICTS = List.of("verified", "diverged", "not_replayed");
    private static final List<String> QUANTILES = List.of("0.5", "0.9", "0.99");

    /** One row each: its first column is a name, its second a number. */
    private static final List<String> QUERIES = List.of(
            "select 'jobs.' || lower(state), count(*) from jobs group by state",
            """
            select each.name, each.value from (
                select coalesce(sum(iterations), 0) as iterations, coalesce(sum(batches_completed), 0) as completed,
                       coalesce(sum(batches_lost), 0) as lost, coalesce(sum(batches_in_flight), 0) as in_flight
                from jobs) as sums
            cross join lateral (values ('iterations', iterations), ('batches.completed', completed), ('batches.lost', lost),
                ('batches.in_flight', in_flight)) as each (name, value)""",
            "select 'failures.' || lower(outcome), count(*) from failures group by outcome",
            "select 'replays.' || lower(replay), count(*) from failures group by replay",
            "select 'troubles.' || lower(kind), count(*) from infrastructure_troubles group by kind",
            // A batch in flight, or what a job would still have cut by its budget; a failure ends a batch early, so it
            // is a little more.
            """
            select 'queue', coalesce(sum(batches_in_flight
                + greatest(0, (iteration_budget - iterations - promised + iterations_per_batch - 1) / iterations_per_batch)), 0)
            from jobs where state in ('QUEUED', 'RUNNING')""",
            """
            select each.name, each.value from (
                select coalesce(sum(snapshot_hits), 0) as hits, coalesce(sum(snapshots_fetched), 0) as fetched,
                       coalesce(sum(snapshots_made), 0) as made
                from workers) as sums
            cross join lateral (values ('snapshots.hit', hits), ('snapshots.fetched', fetched), ('snapshots.made', made))
                as each (name, value)""",
            "select 'outbox', count(*) from outbox",
            "select 'dead_letters', count(*) from dead_letters",
            """
            select 'queue_age', coalesce(extract(epoch from now() - min(queued_at)), 0)
            from batches where state = 'QUEUED' and seen_at is null and queued_at <= now()""",
            // The latest ones by the index that lists use; all of them would be a scan.
            """
            select each.name, each.value from (
                select percentile_cont(array[0.5, 0.9, 0.99]) within group (order by extract(epoch from finished_at - started_at)) as run,
                       percentile_cont(array[0.5, 0.9, 0.99]) within group (order by extract(epoch from started_at - queued_at)) as wait
                from (select * from batches order by position desc limit 1000) as latest where state = 'COMPLETED') as times
            cross join lateral (values ('run.0.5', run[1]), ('run.0.9', run[2]), ('run.0.99', run[3]),
                ('wait.0.5', wait[1]), ('wait.0.9', wait[2]), ('wait.0.99', wait[3])) as each (name, value)
            where each.value is not null""");

    private final JdbcClient database;
    private final Fleet fleet;
    private @Nullable Map<String, Double> numbers;
    private long lookedAt;
    private boolean looked;

    ClusterMetrics(JdbcClient database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "iterations", "iterations", "Iterations that ran and are counted", "", "");
        for (String result : List.of("completed", "lost")) {
            counter(registry, "batches", "batches." + result, "Batches that ended, by how", "result", result);
        }
        for (String outcome : OUTCOMES) {
            counter(registry, "failures", "failures." + outcome, "Failing iterations", "outcome", outcome);
        }
        for (String verdict : VERDICTS) {
            counter(
                    registry,
                    "replays",
                    "replays." + verdict,
                    "Failures by what their replay said",
                    "verdict",
                    verdict);
        }
        for (InfrastructureTrouble kind : InfrastructureTrouble.values()) {
            String name = kind.name().toLowerCase(java.util.Locale.ROOT);
            counter(
                    registry,
                    "infrastructure.errors",
                    "troubles." + name,
                    "Attempts that said nothing about their test",
                    "kind",
                    name);
        }
        for (String state : JOB_STATES) {
            gauge(registry, "jobs", "jobs." + state, "Jobs by state", "state", state);
        }
        gauge(
                registry,
                "queue.batches",
                "queue",
                "Batches that jobs still want: in flight, or to be cut; workers are scaled by it",
                "",
                "");
        gauge(registry, "batches.in.flight", "batches.in_flight", "Batches on their way or running", "", "");
        gauge(registry, "queue.age.seconds", "queue_age", "Age of the oldest batch that no worker was seen at", "", "");
        for (String result : List.of("hit", "fetched", "made")) {
            counter(
                    registry,
                    "snapshots",
                    "snapshots." + result,
                    "Snapshots that machines needed, by where they came from: the worker's disk, the blob store, a boot",
                    "result",
                    result);
        }
        gauge(
                registry,
                "cache.bytes",
                "cache_bytes",
                "Snapshots, targets and recordings on the disks of live workers",
                "",
                "");
        gauge(registry, "outbox.messages", "outbox", "Messages that Kafka has not got yet", "", "");
        gauge(registry, "dead.letters", "dead_letters", "Messages that could not be taken in", "", "");
        for (String quantile : QUANTILES) {
            gauge(registry, "batch.run.seconds", "run." + quantile, "Of the latest batches", "quantile", quantile);
            gauge(registry, "batch.wait.seconds", "wait." + quantile, "Of the latest batches", "quantile", quantile);
        }
        gauge(registry, "workers", "workers", "Workers that are alive", "", "");
        gauge(registry, "slots", "slots", "Slots of the workers that are alive", "", "");
        gauge(registry, "machines", "machines", "Machines that run a batch, a replay or a trace", "", "");
    }

    private void counter(
            MeterRegistry registry, String name, String number, String description, String tag, String value) {
        FunctionCounter.Builder<ClusterMetrics> counter =
                FunctionCounter.builder("bohrwerk." + name, this, self -> self.number(number));
        (tag.isEmpty() ? counter : counter.tag(tag, value))
                .description(description)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String name, String number, String description, String tag, String value) {
        Gauge.Builder<ClusterMetrics> gauge = Gauge.builder("bohrwerk." + name, this, self -> self.number(number));
        (tag.isEmpty() ? gauge : gauge.tag(tag, value)).description(description).register(registry);
    }

    /** A number that no row speaks of is 0; all are unknown while the database is away. */
    private synchronized double number(String name) {
        if (!looked || System.nanoTime() - lookedAt > FRESH.toNanos()) {
            try {
                numbers = look();
            } catch (DataAccessException | TransactionException e) {
                LOG.debug("no metrics without the database", e);
                numbers = null;
            }
            looked = true;
            lookedAt = System.nanoTime();
        }
        return numbers == null ? Double.NaN : numbers.getOrDefault(name, 0.0);
    }

    private Map<String, Double> look() {
        Map<String, Double> found = new HashMap<>();
        for (String query : QUERIES) {
            database.sql(query)
                    .query((row, number) -> Map.entry(row.getString(1), row.getDouble(2)))
                    .list()
                    .forEach(each -> found.put(each.getKey(), each.getValue()));
        }
        Fleet.Activity activity = fleet.now();
        found.put("cache_bytes", (double) activity.cacheBytes());
        found.put("workers", (double) activity.workers());
        found.put("slots", (double) activity.slots());
        found.put("machines", (double) activity.machines());
        return found;
    }
}
