package io.bohrwerk.bench;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.server.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs benchmarks. */
@Command(name = "bench", description = "Runs benchmarks. Exit status 1 if a goal was missed.")
public final class BenchCommand implements Callable<Integer> {
    /** Everything runs for about half an hour on two cores. */
    private static final Map<String, Bench> ALL = new LinkedHashMap<>();

    static {
        ALL.put("engine", new EngineBench());
        ALL.put("start", new StartBench());
        ALL.put("print", new PrintBench());
        ALL.put("replay", new ReplayBench());
        ALL.put("log", new LogBench());
        ALL.put("debug", new DebugBench());
        ALL.put("linux", new LinuxBench());
        ALL.put("search", new SearchBench());
        ALL.put("console", new ConsoleBench());
        ALL.put("statistics", new StatisticsBench());
        ALL.put("cluster", new ClusterBench());
        ALL.put("dashboard", new DashboardBench());
        ALL.put("events", new EventsBench());
    }

    /** What a failure that replays is good for is measured with it. */
    private static final Map<String, List<String>> WITH = Map.of("replay", List.of("replay", "log", "debug"));

    /** Takes an hour, and is run by its name only. */
    private static final String SELFTESTS = "selftests";

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = {
                "engine, start, print, replay (with log and debug), log, debug, linux, search, console, statistics, cluster,"
                        + " dashboard or events. Default: all of them.",
                "selftests: the Linux kernel's own tests, each run twice, as a table"
            })
    private @Nullable String name;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Iterations of each selftest. Default: ${DEFAULT-VALUE}",
            defaultValue = "200")
    private int iterations;

    @Option(
            names = "--selftest",
            paramLabel = "DIR/NAME",
            description = "Only this selftest; may be repeated. Default: a built-in list.")
    private List<String> selftests = new ArrayList<>();

    @Option(
            names = "--batches",
            paramLabel = "N",
            description =
                    "Batches of the largest job of cluster, 1,000 or more. Default: a million; 5,000 with --quick")
    private int batches;

    @Option(names = "--json", description = "One JSON object per line: name, value, unit, goal, ok.")
    private boolean json;

    @Option(
            names = "--quick",
            description =
                    "Fewer repetitions, for a first look: cluster takes two minutes instead of half an hour, and dashboard"
                            + " has a database and a log ten times smaller.")
    private boolean quick;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (name != null && !ALL.containsKey(name) && !name.equals(SELFTESTS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no benchmark " + name + "; there are: " + String.join(", ", ALL.keySet()) + ", "
                            + SELFTESTS);
        }
        if (iterations < 1) {
            throw new ParameterException(spec.commandLine(), "--iterations " + iterations + ": must be 1 or more");
        }
        if (batches != 0 && batches < ClusterBench.FEWEST) {
            throw new ParameterException(
                    spec.commandLine(), "--batches " + batches + ": must be " + ClusterBench.FEWEST + " or more");
        }
        AtomicBoolean ok = new AtomicBoolean(true);
        Measurement.Sink sink = sink(ok);
        Path state = StateDirectory.ofEnvironment().path();
        if (SELFTESTS.equals(name)) {
            run(SELFTESTS, new SelftestBench(selftests, iterations), state, sink);
            return ok.get() ? 0 : 1;
        }
        for (Map.Entry<String, Bench> bench : ALL.entrySet()) {
            if (name == null || WITH.getOrDefault(name, List.of(name)).contains(bench.getKey())) {
                run(bench.getKey(), bench.getValue(), state, sink);
            }
        }
        return ok.get() ? 0 : 1;
    }

    private void run(String name, Bench bench, Path state, Measurement.Sink sink) throws Exception {
        sink.say(name + " ...");
        Path directory = Files.createTempDirectory("bohrwerk-bench-");
        Thread hook = new Thread(() -> deleteTree(directory));
        Runtime.getRuntime().addShutdownHook(hook);
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")))) {
            bench.run(new Bench.Place(emulator, directory, state, quick, batches), sink);
        } finally {
            deleteTree(directory);
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private Measurement.Sink sink(AtomicBoolean ok) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        return new Measurement.Sink() {
            @Override
            public void accept(Measurement measurement) {
                out.println(json ? measurement.json() : measurement.line());
                if (!measurement.ok()) {
                    ok.set(false);
                }
            }

            @Override
            public void say(String text) {
                err.println(text);
            }
        };
    }

    private static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
