package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.Searching;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows where a failing iteration and a passing one went apart. */
@Command(
        name = "divergence",
        description = {
            "Shows where a failing iteration and the nearest passing one diverge; if there is no result yet, a worker compares them.",
            "With --adjacent: two adjacent delays of which one fails, and the interrupt that makes the difference."
        })
public final class DivergenceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FAILURE", description = "The failure's id.")
    @SuppressWarnings("NullAway.Init")
    private String failure;

    @Option(
            names = "--adjacent",
            description = "Search for neighbouring schedules: some twenty short batches, at most ten minutes.")
    private boolean adjacent;

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
        String path = "/failures/" + failure + (adjacent ? "/adjacent" : "/divergence");
        boolean order = again || !has(api);
        if (order) {
            JsonNode replay = api.post(path, JsonMapper.shared().createObjectNode());
            replay = Searching.await(api, replay, spec.commandLine().getErr());
            if (!replay.path("state").asString().equals("COMPLETED")) {
                throw new IOException(
                        "the comparison is " + replay.path("state").asString() + ": "
                                + replay.path("message").asString(""));
            }
        }
        JsonNode view = api.get(path);
        JsonNode result = view.path("result");
        if (json) {
            out.println(view);
        } else if (!result.isObject()) {
            out.println(view.path("replay").path("result").path("summary").asString("nothing was found"));
        } else {
            out.println(result.path("summary").asString());
            if (adjacent) {
                places(out, result);
            } else {
                rows(out, result);
            }
        }
        out.flush();
        return result.isObject() && !(adjacent && !result.path("window").isObject()) ? 0 : 1;
    }

    /** Whether there is a result already. */
    private boolean has(ApiClient api) throws IOException, InterruptedException {
        String kind = adjacent ? "ADJACENT" : "DIVERGENCE";
        for (JsonNode replay :
                api.get("/failures/" + failure + "/replays?limit=20").path("items")) {
            for (JsonNode artifact : replay.path("artifacts")) {
                if (artifact.path("kind").asString().equals(kind)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void rows(PrintWriter out, JsonNode result) {
        out.printf(
                "%8s  %-58s  %s%n",
                "", side("failing", result.path("failing")), side("passing", result.path("passing")));
        long number = result.path("sameBefore").asLong();
        int index = 0;
        int first = result.path("first").asInt(-1);
        for (JsonNode row : result.path("rows")) {
            String mark = index == first ? "first>" : row.path("same").asBoolean() ? "" : "differs";
            out.printf(
                    "%7s %5d  %-52s  %s%n", mark, ++number, arrival(row.path("failing")), arrival(row.path("passing")));
            index++;
        }
    }

    private static String side(String name, JsonNode side) {
        return name + ": iteration " + side.path("iteration").asLong() + ", delay "
                + side.path("schedule").path("delay").asLong() + ", "
                + side.path("arrivals").asLong() + " interrupts and exceptions";
    }

    private static void places(PrintWriter out, JsonNode result) {
        for (JsonNode place : result.path("window").path("places")) {
            out.printf(
                    "delay %10d  %s  %s%n",
                    place.path("delay").asLong(),
                    place.path("fails").asBoolean() ? "fails " : "passes",
                    arrival(place.path("arrival")));
        }
        out.println(result.path("runs").asLong() + " runs in "
                + result.path("millis").asLong() / 1000 + " s");
    }

    private static String arrival(JsonNode arrival) {
        if (!arrival.isObject()) {
            return "-";
        }
        return arrival.path("name").asString() + "  cpl=" + arrival.path("cpl").asInt() + " ip="
                + arrival.path("ip").asString() + " sp=" + arrival.path("sp").asString()
                + (arrival.path("symbol").isString()
                        ? " " + arrival.path("symbol").asString()
                        : "");
    }
}
