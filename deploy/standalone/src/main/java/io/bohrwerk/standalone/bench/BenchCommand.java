package io.bohrwerk.standalone.bench;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.standalone.server.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
@Command(name = "bench", description = "Measures. Exit status 1 when a goal was missed.")
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
        ALL.put("console", new ConsoleBench());
        ALL.put("statistics", new StatisticsBench());
    }

    /** What a failure that replays is good for is measured with it. */
    private static final Map<String, List<String>> WITH = Map.of("replay", List.of("replay", "log", "debug"));

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description =
                    "engine, start, print, replay (with log and debug), log, debug, linux, console or statistics. Default: all")
    private @Nullable String name;

    @Option(names = "--json", description = "One JSON object a line: name, value, unit, goal, ok.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (name != null && !ALL.containsKey(name)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no benchmark " + name + "; there are: " + String.join(", ", ALL.keySet()));
        }
        AtomicBoolean ok = new AtomicBoolean(true);
        Measurement.Sink sink = sink(ok);
        Path state = StateDirectory.ofEnvironment().path();
        for (Map.Entry<String, Bench> bench : ALL.entrySet()) {
            if (name == null || WITH.getOrDefault(name, List.of(name)).contains(bench.getKey())) {
                run(bench.getKey(), bench.getValue(), state, sink);
            }
        }
        return ok.get() ? 0 : 1;
    }

    private static void run(String name, Bench bench, Path state, Measurement.Sink sink) throws Exception {
        sink.say(name + " ...");
        Path directory = Files.createTempDirectory("bohrwerk-bench-");
        Thread hook = new Thread(() -> deleteTree(directory));
        Runtime.getRuntime().addShutdownHook(hook);
        try (Emulator emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")))) {
            bench.run(new Bench.Place(emulator, directory, state), sink);
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
