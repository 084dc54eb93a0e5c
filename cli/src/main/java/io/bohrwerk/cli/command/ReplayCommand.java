package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.Searching;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Has a failure replayed by a worker. */
@Command(
        name = "replay",
        description =
                "Replays a failure on any worker: for another log (default), to verify it, or to recreate its snapshots. Prints the replay's id.")
public final class ReplayCommand implements Callable<Integer> {
    private static final Pattern ITERATIONS = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    @Parameters(paramLabel = "FAILURE", description = "The failure's id.")
    @SuppressWarnings("NullAway.Init")
    private String failure;

    @Option(
            names = "--log",
            split = ",",
            paramLabel = "CLASS",
            description = "What QEMU logs: int, exec, in_asm, cpu, nochain ... Default: int")
    private @Nullable List<String> classes;

    @ArgGroup
    private @Nullable Window window;

    private static final class Window {
        @Option(names = "--iterations", paramLabel = "A-B", description = "Log iterations A to B.")
        private @Nullable String iterations;

        @Option(
                names = "--margin",
                paramLabel = "N",
                description = "Log the failing iteration and N before it. Default: 0")
        private @Nullable Long margin;

        @Option(names = "--all", description = "Log the whole batch.")
        private boolean all;
    }

    @Option(names = "--verify", paramLabel = "K", description = "Replay K times and report how many matched.")
    private @Nullable Integer verify;

    @Option(names = "--checkpoints", description = "Recreate snapshots that were not kept.")
    private boolean checkpoints;

    @Option(names = "--wait", description = "Wait for the result. Exit status 0 if every replay matched.")
    private boolean wait;

    @Option(names = "--json", description = "Print one JSON object, the replay as returned by the API.")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ApiClient api = server.client();
        JsonNode replay = api.post("/failures/" + failure + "/replay", order());
        String id = replay.path("id").asString();
        if (!json) {
            out.println("replay " + id);
        }
        if (wait) {
            replay = Searching.await(api, replay, spec.commandLine().getErr());
        }
        if (json) {
            out.println(replay);
        } else if (wait) {
            tell(out, api, replay);
        }
        JsonNode result = replay.path("result");
        boolean same = result.path("same").asInt(-1) == result.path("of").asInt(-2);
        return !wait || same ? 0 : 1;
    }

    private ObjectNode order() {
        ObjectNode order = JsonMapper.shared().createObjectNode();
        if (verify != null && (checkpoints || classes != null || window != null)
                || checkpoints && (classes != null || window != null)) {
            throw new ParameterException(
                    spec.commandLine(), "choose one of: a log with its window, --verify, --checkpoints");
        }
        if (verify != null) {
            return order.put("mode", "verify").put("times", verify);
        }
        if (checkpoints) {
            return order.put("mode", "checkpoints");
        }
        order.put("mode", "log");
        if (classes != null) {
            classes.forEach(order.putArray("logClasses")::add);
        }
        if (window != null && window.all) {
            order.put("window", "all");
        } else if (window != null && window.margin != null) {
            order.putObject("window").put("margin", window.margin);
        } else if (window != null && window.iterations != null) {
            Matcher range = ITERATIONS.matcher(window.iterations);
            if (!range.matches()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--iterations: '" + window.iterations + "' must be two numbers, such as 100-200");
            }
            order.putObject("window")
                    .put("fromIteration", Long.parseLong(range.group(1)))
                    .put("toIteration", Long.parseLong(range.group(2)));
        }
        return order;
    }

    private static void tell(PrintWriter out, ApiClient api, JsonNode replay) throws IOException {
        String state = replay.path("state").asString();
        JsonNode result = replay.path("result");
        if (!state.equals("COMPLETED")) {
            throw new IOException(
                    "the replay is " + state + ": " + replay.path("message").asString(""));
        }
        out.println(result.path("verdict").asString() + " went the same way"
                + (result.path("difference").asString("").isEmpty()
                        ? ""
                        : "; " + result.path("difference").asString()));
        JsonNode log = result.path("log");
        if (log.isObject()) {
            out.println("log: instructions " + log.path("fromInstruction").asLong() + " to "
                    + log.path("toInstruction").asLong()
                    + (log.path("fromIteration").isNumber()
                            ? ", iterations " + log.path("fromIteration").asLong() + " to "
                                    + log.path("toIteration").asLong()
                            : "")
                    + ", " + log.path("bytes").asLong() + " bytes"
                    + (log.path("cut").asBoolean(false) ? ", CUT at its limit" : ""));
        }
        for (JsonNode artifact : replay.path("artifacts")) {
            out.println(api.server().resolve(artifact.path("url").asString()));
        }
    }
}
