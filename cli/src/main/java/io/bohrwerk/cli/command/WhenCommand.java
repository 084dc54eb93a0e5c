package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.ApiException;
import io.bohrwerk.client.Searching;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows from where on a failure is certain. */
@Command(
        name = "when",
        description = {
            "Shows how likely a failure is from points further and further back, and from which point it fails whatever the timing.",
            "If there is no result yet, a worker computes it: it runs the machine from each point many times, each time with the",
            "timers held back by a different part of their period. Takes at most ten minutes."
        })
public final class WhenCommand implements Callable<Integer> {
    private static final int BAR = 20;

    @Parameters(paramLabel = "FAILURE", description = "The failure's id.")
    @SuppressWarnings("NullAway.Init")
    private String failure;

    @Option(names = "--points", description = "Number of points, 2 to 30. Default: 8")
    private @Nullable Integer points;

    @Option(names = "--runs", description = "Runs from each point, 1 to 100. Default: 20")
    private @Nullable Integer runs;

    @Option(names = "--again", description = "Compute it again even if there is a result.")
    private boolean again;

    @Option(names = "--json", description = "Print one JSON object, as returned by the API.")
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
        String path = "/failures/" + failure + "/when";
        if (again || points != null || runs != null || !has(api, path)) {
            order(api, path);
        }
        JsonNode view = api.get(path);
        JsonNode result = view.path("result");
        if (json) {
            out.println(view);
        } else if (result.isObject()) {
            print(out, result);
        } else {
            out.println(view.path("replay").path("result").path("summary").asString("nothing was found"));
        }
        out.flush();
        return result.isObject() ? 0 : 1;
    }

    private static boolean has(ApiClient api, String path) throws IOException, InterruptedException {
        try {
            return api.get(path).path("result").isObject();
        } catch (ApiException e) {
            if (e.status() == 404) {
                return false; // nobody has asked, or there is no such failure: then the order says so
            }
            throw e;
        }
    }

    private void order(ApiClient api, String path) throws IOException, InterruptedException {
        ObjectNode options = JsonMapper.shared().createObjectNode();
        if (points != null) {
            options.put("points", points);
        }
        if (runs != null) {
            options.put("runs", runs);
        }
        JsonNode replay = api.post(path, options);
        replay = Searching.await(api, replay, spec.commandLine().getErr());
        if (!replay.path("state").asString().equals("COMPLETED")) {
            throw new IOException("the search is " + replay.path("state").asString() + ": "
                    + replay.path("message").asString(""));
        }
    }

    private static void print(PrintWriter out, JsonNode result) {
        out.println(result.path("summary").asString());
        out.printf("%15s  %-10s  %-16s  %-20s  %s%n", "before its end", "fails", "95 % interval", "", "place");
        for (JsonNode point : result.path("points")) {
            JsonNode rate = point.path("rate");
            double share = rate.path("perIteration").asDouble();
            out.printf(
                    "%,15d  %3d of %-3d  %5.1f to %5.1f %%  %-20s  0x%s%s%n",
                    point.path("before").asLong(),
                    point.path("failures").asInt(),
                    point.path("runs").asInt(),
                    100 * rate.path("low").asDouble(),
                    100 * rate.path("high").asDouble(),
                    "#".repeat((int) Math.round(BAR * share)),
                    point.path("ip").asString(),
                    point.path("symbol").isString() ? " " + point.path("symbol").asString() : "");
        }
        out.printf(
                "%d runs in %d s%s%n",
                result.path("runs").asInt(),
                result.path("millis").asLong() / 1000,
                result.path("cut").asBoolean() ? "; cut short by the time limit" : "");
    }
}
