package io.bohrwerk.bench.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the batches of a seed must give. A batch is a pure function of its coordinates, so what it gave when nothing was killed is what it must
 * give whatever is killed: the same iterations, the same instructions, the same failure.
 */
final class Ledger {
    private static final Duration JOB_LIMIT = Duration.ofMinutes(8);

    /** @param failedAt iteration, 0 when all passed */
    record Result(long iterations, long run, long instructions, long failedAt) {}

    private final Cluster cluster;
    private final SortedMap<Long, Result> expected = new TreeMap<>();
    /** What earlier jobs had at their ends, by id: nothing that happens later may change it. */
    private final Map<String, SortedMap<Long, Result>> ended = new HashMap<>();

    Ledger(Cluster cluster) {
        this.cluster = cluster;
    }

    /** @param troubles attempts that were repeated */
    record Verdict(long batches, long failures, long troubles, long orphanBlobs) {}

    /** Waits for the job's end and for the last of its batches, and compares. @throws IOException with all that is wrong */
    Verdict check(String job) throws IOException, InterruptedException {
        JsonNode end = awaitEnd(job);
        List<String> wrong = new ArrayList<>();
        SortedMap<Long, Result> results = results(job);
        long sum = results.values().stream().mapToLong(Result::run).sum();
        require(wrong, end.path("state").asString().equals("COMPLETED"), "the job ended as " + end);
        require(wrong, sum == end.path("iterations").asLong(), "its batches ran " + sum + " iterations: " + end);
        results.forEach((number, result) -> {
            Result before = expected.putIfAbsent(number, result);
            // The last batch is cut to the budget, of which more or less was left.
            boolean same = before == null || before.iterations() != result.iterations() || before.equals(result);
            require(wrong, same, "batch " + number + " gave " + result + " and should have given " + before);
        });
        ended.put(job, results);
        for (Map.Entry<String, SortedMap<Long, Result>> earlier : ended.entrySet()) {
            require(
                    wrong,
                    results(earlier.getKey()).equals(earlier.getValue()),
                    "job " + earlier.getKey() + " has changed after its end");
        }
        long orphans = audit(wrong);
        if (!wrong.isEmpty()) {
            throw new IOException(String.join("\n  ", wrong));
        }
        long failures = results.values().stream().filter(r -> r.failedAt() > 0).count();
        return new Verdict(
                results.size(), failures, end.path("infrastructureTroubles").asLong(), orphans);
    }

    private JsonNode awaitEnd(String job) throws IOException, InterruptedException {
        JsonNode view = cluster.get("/jobs/" + job);
        for (long limit = System.nanoTime() + JOB_LIMIT.toNanos(); System.nanoTime() < limit; Thread.sleep(200)) {
            view = cluster.get("/jobs/" + job);
            boolean ended = !view.path("finishedAt").isMissingNode()
                    && !view.path("finishedAt").isNull();
            // A batch that was taken from a stalled worker runs there to its end all the same, and stores what it
            // finds.
            if (ended
                    && cluster.get("/stats").path("batchesInFlight").asLong() == 0
                    && Member.emulatorsBelow(cluster.directory).isEmpty()) {
                return cluster.get("/jobs/" + job);
            }
        }
        throw new IOException("job " + job + " is stuck, or an emulator is: " + view + ", "
                + Member.emulatorsBelow(cluster.directory));
    }

    private SortedMap<Long, Result> results(String job) throws IOException, InterruptedException {
        Map<String, Long> failures = new HashMap<>();
        for (JsonNode failure : cluster.list("/jobs/" + job + "/failures")) {
            if (failures.put(
                            failure.path("batchId").asString(),
                            failure.path("iteration").asLong())
                    != null) {
                throw new IOException("two failures of one batch: " + failure);
            }
        }
        SortedMap<Long, Result> results = new TreeMap<>();
        for (JsonNode batch : cluster.list("/jobs/" + job + "/batches")) {
            if (batch.path("state").asString().equals("COMPLETED")) {
                Long failedAt = failures.remove(batch.path("id").asString());
                Result result = new Result(
                        batch.path("iterations").asLong(),
                        batch.path("iterationsRun").asLong(),
                        batch.path("instructions").asLong(),
                        failedAt == null ? 0 : failedAt);
                if (results.put(batch.path("number").asLong(), result) != null) {
                    throw new IOException("two batches with one number: " + batch);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new IOException("failures without a batch: " + failures);
        }
        return results;
    }

    /** Nothing missing, nothing that contradicts. @return orphans, which a killed worker may leave, and which are taken away */
    private long audit(List<String> wrong) throws IOException, InterruptedException {
        JsonNode repaired =
                cluster.anyApi(client -> client.post("/audit/repair?grace=0", JsonNodeFactory.instance.objectNode()));
        JsonNode after = cluster.get("/audit?grace=0");
        for (JsonNode report : List.of(repaired, after)) {
            report.path("findings").forEach(finding -> wrong.add("audit: " + finding));
        }
        return repaired.path("deletedBlobs").asLong();
    }

    private static void require(List<String> wrong, boolean condition, String what) {
        if (!condition) {
            wrong.add(what);
        }
    }
}
