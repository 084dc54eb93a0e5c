package io.bohrwerk.bench;

import io.bohrwerk.client.BundledTarget;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the cluster itself costs: batches that take no time, through API, Kafka, worker and back, all on this host.
 *
 * <p>Batches per second depend on what else the host does. So does the processor time per batch, though less: both are told, and what two
 * cores could carry if nothing else ran follows from the second.
 */
final class ClusterBench implements Bench {
    private static final int[] WORKERS = {1, 2, 4, 8, 16};
    private static final int CORES = 2;
    private static final double GOAL_PER_SECOND = 1_000;
    private static final double GOAL_FIRST_BATCH_SECONDS = 1;
    /** Cost of a batch at the end against that at the beginning: what is left of "flat" when the host is noisy. */
    private static final double GOAL_GROWTH = 1.25;
    /** Enough for the JVMs to have compiled what is hot; a first look is one at colder JVMs. */
    private static final int WARM_UP = 10_000;

    private static final int QUICK_WARM_UP = 1_000;
    private static final int[] MARKS = {1_000, 2_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000};
    private static final int BATCHES = 1_000_000;
    private static final int QUICK_BATCHES = 5_000;
    static final int FEWEST = 1_000;
    /** By then the JVMs have compiled what is hot; of a smaller job it is a fifth. */
    private static final int FIRST_MARK = 10_000;

    private static final Duration LIMIT = Duration.ofHours(2);
    /** The asking costs the API, too: a thousandth of a second each time. */
    private static final int ASK_MILLIS = 20;

    private static final int ASK_SELDOM_MILLIS = 1_000;
    private static final int FEW = 100;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        try (BenchCluster cluster = new BenchCluster(place.directory())) {
            String target = cluster.client
                    .addTarget(BundledTarget.RACE.writeTo(place.directory()))
                    .path("id")
                    .asString();
            cluster.useSlots(WORKERS[2] * CORES);
            int warmUp = place.quick() ? QUICK_WARM_UP : WARM_UP;
            sink.say("  warming up with " + warmUp + " batches");
            awaitEnd(cluster, submit(cluster, target, warmUp), warmUp);
            firstBatch(cluster, target, place.quick() ? 50 : 500, sink);
            for (int workers : WORKERS) {
                cluster.useSlots(workers * CORES);
                throughput(cluster, target, workers, place.quick() ? 1_000 : 20_000, sink);
            }
            growth(cluster, target, marks(place), sink);
        }
    }

    /** Up to the job's end. */
    private static int[] marks(Place place) {
        int last = place.batches() > 0 ? place.batches() : place.quick() ? QUICK_BATCHES : BATCHES;
        return IntStream.concat(
                        IntStream.of(MARKS).filter(mark -> mark < last && mark >= Math.min(FIRST_MARK, last / 5)),
                        IntStream.of(last))
                .toArray();
    }

    private static String submit(BenchCluster cluster, String target, int batches)
            throws IOException, InterruptedException {
        ObjectNode request = JsonNodeFactory.instance
                .objectNode()
                .put("target", target)
                .put("iterations", batches)
                .put("iterationsPerBatch", 1)
                .put("stopAfterFailures", 0);
        request.putObject("strategy").put("kind", "random").put("seed", 1);
        return cluster.client.post("/jobs", request).path("id").asString();
    }

    /** One batch at a time, on a cluster that has nothing else to do. Both clocks are this host's. */
    private static void firstBatch(BenchCluster cluster, String target, int times, Measurement.Sink sink)
            throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Instant began = Instant.now();
            String job = submit(cluster, target, 1);
            awaitEnd(cluster, job, 1);
            Instant taken = Instant.parse(cluster.client
                    .get("/jobs/" + job + "/batches")
                    .path("items")
                    .get(0)
                    .path("startedAt")
                    .asString());
            seconds.add(Duration.between(began, taken).toNanos() / 1e9);
        }
        List<Double> sorted = seconds.stream().sorted().toList();
        sink.accept(Measurement.of("cluster.first-batch.p50", sorted.get(times / 2), "s from submit to taken"));
        sink.accept(Measurement.atMost(
                "cluster.first-batch.p99", sorted.get(times * 99 / 100), "s", GOAL_FIRST_BATCH_SECONDS));
    }

    private static void throughput(BenchCluster cluster, String target, int workers, int batches, Measurement.Sink sink)
            throws IOException, InterruptedException {
        // The worker's JVM has just started; by then it has compiled what is hot.
        awaitEnd(cluster, submit(cluster, target, batches / 2), batches / 2);
        Map<String, Duration> before = cluster.processorTime();
        long began = System.nanoTime();
        awaitEnd(cluster, submit(cluster, target, batches), batches);
        double perSecond = batches / ((System.nanoTime() - began) / 1e9);
        Map<String, Double> costs = costs(before, cluster.processorTime(), batches);
        double all = sum(costs);
        String name = "cluster.workers-" + workers;
        sink.accept(Measurement.of(name, perSecond, "batches/s with " + workers * CORES + " slots"));
        sink.accept(Measurement.of(name + ".cost", all, "ms of processor per batch: " + words(costs)));
    }

    /**
     * One job of many batches: what the last ones cost against the first ones. On a host that others use, a batch's processor time is as
     * noisy as they are; but whoever disturbs, disturbs all parts. What worker and Kafka do for a batch does not depend on how many there
     * were, and so it is the measure for what API and PostgreSQL do.
     */
    private static void growth(BenchCluster cluster, String target, int[] marks, Measurement.Sink sink)
            throws IOException, InterruptedException {
        int batches = marks[marks.length - 1];
        sink.say("  a job of " + batches + " batches");
        String job = submit(cluster, target, batches);
        long from = 0;
        double first = 0;
        double last = 0;
        double firstShare = 0;
        double lastShare = 0;
        double least = Double.MAX_VALUE;
        Map<String, Duration> before = cluster.processorTime();
        long began = System.nanoTime();
        for (int i = 0; i < marks.length; i++) {
            long done = await(cluster, job, marks[i]);
            Map<String, Duration> now = cluster.processorTime();
            Map<String, Double> costs = costs(before, now, done - from);
            last = sum(costs);
            lastShare = share(costs);
            least = Math.min(least, last);
            first = i == 0 ? last : first;
            firstShare = i == 0 ? lastShare : firstShare;
            String name = "cluster.batches-" + marks[i];
            sink.accept(Measurement.of(
                    name, (done - from) / ((System.nanoTime() - began) / 1e9), "batches/s since the mark before"));
            sink.accept(Measurement.of(name + ".cost", last, "ms of processor per batch: " + words(costs)));
            from = done;
            before = now;
            began = System.nanoTime();
        }
        awaitEnd(cluster, job, batches);
        sink.accept(
                Measurement.of("cluster.growth.processor", last / first, "cost of a batch at the end, over the first"));
        sink.accept(Measurement.atMost(
                "cluster.growth",
                lastShare / firstShare,
                "the same of API and PostgreSQL, measured by worker and Kafka",
                GOAL_GROWTH));
        sink.accept(Measurement.atLeast(
                "cluster.per-2-cores",
                CORES * 1_000 / least,
                "batches/s that two cores carry, by the least cost",
                GOAL_PER_SECOND));
    }

    private static long await(BenchCluster cluster, String job, long batches) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + LIMIT.toNanos();
                System.nanoTime() < end;
                Thread.sleep(batches > FEW ? ASK_SELDOM_MILLIS : ASK_MILLIS)) {
            long done = cluster.job(job).path("batches").path("completed").asLong();
            if (done >= batches) {
                return done;
            }
        }
        throw new IOException("job " + job + " did not come to " + batches + " batches within " + LIMIT);
    }

    /** The job must have counted each batch once: each is one iteration. */
    private static void awaitEnd(BenchCluster cluster, String job, int batches)
            throws IOException, InterruptedException {
        await(cluster, job, batches);
        JsonNode view = cluster.job(job);
        for (long end = System.nanoTime() + LIMIT.toNanos();
                !view.path("state").asString().equals("COMPLETED") && System.nanoTime() < end;
                Thread.sleep(5)) {
            view = cluster.job(job);
        }
        if (view.path("iterations").asLong() != batches
                || view.path("batches").path("completed").asLong() != batches) {
            throw new IOException("of " + batches + " batches not each was counted once: " + view);
        }
    }

    /** Milliseconds per batch. */
    private static Map<String, Double> costs(Map<String, Duration> before, Map<String, Duration> after, long batches) {
        Map<String, Double> costs = new LinkedHashMap<>();
        after.forEach((part, time) -> costs.put(
                part, time.minus(before.getOrDefault(part, Duration.ZERO)).toNanos() / 1e6 / batches));
        return costs;
    }

    private static double sum(Map<String, Double> costs) {
        return costs.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** API and PostgreSQL against worker and Kafka. */
    private static double share(Map<String, Double> costs) {
        double grown = costs.getOrDefault("api", 0.0) + costs.getOrDefault("postgresql", 0.0);
        return grown / (sum(costs) - grown);
    }

    private static String words(Map<String, Double> costs) {
        List<String> words = new ArrayList<>();
        costs.forEach((part, cost) -> words.add(String.format(Locale.ROOT, "%s %.2f", part, cost)));
        return String.join(", ", words);
    }
}
