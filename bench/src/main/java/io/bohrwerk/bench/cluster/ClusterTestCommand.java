package io.bohrwerk.bench.cluster;

import io.bohrwerk.client.BundledTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Starts a cluster on this host, lets things go wrong in it, and checks that no iteration is lost or counted twice. */
@Command(
        name = "cluster-test",
        description =
                "Starts PostgreSQL, Kafka, S3, two APIs and three workers as separate processes, kills them in turn, and"
                        + " checks after each that every batch gave the right result, once. Exit status 1 if one did not.")
public final class ClusterTestCommand implements Callable<Integer> {
    /** A batch takes half a second and one in six fails, which takes two more: a job runs for 10 to 30 s. */
    private static final int ITERATIONS = 80_000;

    private static final int ITERATIONS_PER_BATCH = 5_000;

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", description = "${COMPLETION-CANDIDATES}. Default: all")
    @SuppressWarnings("NullAway.Init")
    private List<Play> plays;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        List<Play> wanted = new ArrayList<>(List.of(Play.NOTHING));
        Stream.of(Play.values())
                .filter(play -> play != Play.NOTHING && (plays == null || plays.isEmpty() || plays.contains(play)))
                .forEach(wanted::add);
        String tree = System.getenv("BOHRWERK_TREE");
        if (tree == null) {
            throw new IOException("BOHRWERK_TREE is not set: run it as ./bohrwerk cluster-test");
        }
        Path directory = Files.createTempDirectory("bohrwerk-cluster-");
        int failed = 0;
        try (Cluster cluster = new Cluster(directory, Path.of(tree, "deploy", "s3", "target", "lib"))) {
            Thread hook = new Thread(cluster::close);
            Runtime.getRuntime().addShutdownHook(hook);
            out.println("starting the cluster in " + directory);
            long began = System.nanoTime();
            cluster.start();
            String target = cluster.anyApi(client -> client.addTarget(BundledTarget.RACE.writeTo(directory)))
                    .path("id")
                    .asString();
            out.println("started after " + seconds(began));
            Ledger ledger = new Ledger(cluster);
            for (Play play : wanted) {
                failed += run(play, cluster, ledger, target, out) ? 0 : 1;
            }
        } finally {
            if (failed == 0) {
                deleteTree(directory, out);
            }
        }
        List<ProcessHandle> left = Member.emulatorsBelow(directory);
        out.println(wanted.size() - failed + " of " + wanted.size() + " scenarios passed, " + left.size()
                + " emulators left behind" + (failed == 0 ? "" : "; logs: " + directory));
        return failed == 0 && left.isEmpty() ? 0 : 1;
    }

    private static boolean run(Play play, Cluster cluster, Ledger ledger, String target, PrintWriter out)
            throws Exception {
        out.println(play + ": " + play.what());
        long began = System.nanoTime();
        try {
            ObjectNode request = JsonNodeFactory.instance
                    .objectNode()
                    .put("name", play.name())
                    .put("target", target)
                    .put("iterations", ITERATIONS)
                    .put("iterationsPerBatch", ITERATIONS_PER_BATCH)
                    .put("stopAfterFailures", 0);
            request.putObject("strategy").put("kind", "random").put("seed", 7);
            String job = cluster.anyApi(client -> client.post("/jobs", request))
                    .path("id")
                    .asString();
            String detail = play.act(cluster);
            Ledger.Verdict verdict = ledger.check(job);
            out.printf(
                    "  ok: %d batches, %d failures, %d attempts repeated, %d orphan blobs removed, %s%s%n",
                    verdict.batches(),
                    verdict.failures(),
                    verdict.troubles(),
                    verdict.orphanBlobs(),
                    seconds(began),
                    detail.isEmpty() ? "" : "; " + detail);
            return true;
        } catch (IOException e) {
            out.println("  WRONG after " + seconds(began) + ": " + e.getMessage());
            return false;
        }
    }

    private static String seconds(long since) {
        return "%.1f s".formatted(Duration.ofNanos(System.nanoTime() - since).toMillis() / 1000.0);
    }

    private static void deleteTree(Path directory, PrintWriter out) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            out.println("left behind: " + directory + " (" + e + ")");
        }
    }
}
