package io.bohrwerk.bench.cluster;

import io.bohrwerk.client.BundledTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
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

    private static final List<String> NAMES = Stream.<Enum<?>>concat(
                    Stream.of(Play.values()), Stream.of(AllInOnePlay.values()))
            .map(Enum::name)
            .toList();

    /** For the help. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return NAMES.iterator();
        }
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "SCENARIO",
            completionCandidates = Names.class,
            description = "${COMPLETION-CANDIDATES}. Default: all")
    private List<String> plays = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        for (String play : plays) {
            if (!NAMES.contains(play)) {
                throw new ParameterException(spec.commandLine(), "SCENARIO: '" + play + "' must be one of " + NAMES);
            }
        }
        List<Play> wanted = new ArrayList<>(List.of(Play.NOTHING));
        Stream.of(Play.values())
                .filter(play -> play != Play.NOTHING && (plays.isEmpty() || plays.contains(play.name())))
                .forEach(wanted::add);
        List<AllInOnePlay> alone = Stream.of(AllInOnePlay.values())
                .filter(play -> plays.isEmpty() || plays.contains(play.name()))
                .toList();
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
                out.println(play + ": " + play.what());
                failed += run(play.name(), cluster, ledger, target, () -> play.act(cluster), out) ? 0 : 1;
            }
            for (AllInOnePlay play : alone) {
                out.println(play + ": " + play.what());
                failed += run(play, directory, out) ? 0 : 1;
            }
        } finally {
            if (failed == 0) {
                deleteTree(directory, out);
            }
        }
        List<ProcessHandle> left = Member.emulatorsBelow(directory);
        int all = wanted.size() + alone.size();
        out.println(all - failed + " of " + all + " scenarios passed, " + left.size() + " emulators left behind"
                + (failed == 0 ? "" : "; logs: " + directory));
        return failed == 0 && left.isEmpty() ? 0 : 1;
    }

    /** What goes wrong while a job runs. */
    private interface Act {
        String play() throws Exception;
    }

    private static boolean run(AllInOnePlay play, Path directory, PrintWriter out) throws Exception {
        Path state = Files.createDirectory(directory.resolve(play.name().toLowerCase(Locale.ROOT)));
        Optional<String> obstacle = play.open(state);
        if (obstacle.isPresent()) {
            out.println("  SKIPPED: " + obstacle.get());
            return true;
        }
        try (AllInOneStage stage = play.start(state)) {
            String target = stage.anyApi(client -> client.addTarget(BundledTarget.RACE.writeTo(directory)))
                    .path("id")
                    .asString();
            // Its own snapshot, so its own truth.
            Ledger ledger = new Ledger(stage);
            return run(Play.NOTHING.name(), stage, ledger, target, () -> Play.NOTHING.what(), out)
                    && run(play.name(), stage, ledger, target, () -> play.act(stage), out);
        } catch (IOException e) {
            out.println("  WRONG: " + e.getMessage());
            return false;
        } finally {
            play.shut(state);
        }
    }

    private static boolean run(String name, Stage stage, Ledger ledger, String target, Act act, PrintWriter out)
            throws Exception {
        long began = System.nanoTime();
        try {
            ObjectNode request = JsonNodeFactory.instance
                    .objectNode()
                    .put("name", name)
                    .put("target", target)
                    .put("iterations", ITERATIONS)
                    .put("iterationsPerBatch", ITERATIONS_PER_BATCH)
                    .put("stopAfterFailures", 0);
            request.putObject("strategy").put("kind", "random").put("seed", 7);
            String job = stage.anyApi(client -> client.post("/jobs", request))
                    .path("id")
                    .asString();
            String detail = act.play();
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
