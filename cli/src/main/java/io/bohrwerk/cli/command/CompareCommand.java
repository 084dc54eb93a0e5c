package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.ProgressLine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks whether a setting makes a difference. */
@Command(
        name = "compare",
        description =
                "Runs a job's test under two settings, alternating batch by batch, and says whether the failure rates differ:"
                        + " another target (say, with a print added), another strategy, another speed, another"
                        + " processor, an extra interrupt, logging on, icount off. Prints the comparison's id; with"
                        + " --watch, follows it. Exit status then: 0 when both sides ran to their ends.")
public final class CompareCommand implements Callable<Integer> {
    @Parameters(paramLabel = "JOB", description = "The job whose test and settings are the first side.")
    @SuppressWarnings("NullAway.Init")
    private String job;

    @Option(names = "--target", paramLabel = "ID", description = "The second side's target. Default: the job's")
    private @Nullable String target;

    @Option(names = "--strategy", paramLabel = "NAME", description = "The second side's: random or aligned.")
    private @Nullable String strategy;

    @Option(names = "--shift", split = ",", paramLabel = "SHIFT", description = "The second side's, such as 4,6")
    private @Nullable List<Integer> shifts;

    @Mixin
    private SettingOptions setting = new SettingOptions();

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Of each side. Default: enough to expect 30 failures at the job's rate")
    private @Nullable Long iterations;

    @Option(names = "--confidence", paramLabel = "C", description = "Such as 0.99. Default: 0.95")
    private @Nullable Double confidence;

    @Option(names = "--watch", description = "Follow it to its end.")
    private boolean watch;

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
        JsonNode made = api.post("/jobs/" + job + "/compare", request());
        String id = made.path("id").asString();
        if (!watch) {
            out.println(id);
            return 0;
        }
        out.println("comparison " + id);
        for (String side : List.of("first", "second")) {
            Hunt.of(api, made.path(side).path("job").asString()).follow(ProgressLine.on(out, side + ": "));
        }
        return tell(out, api.get("/comparisons/" + id));
    }

    private ObjectNode request() {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        ObjectNode with = request.putObject("with");
        if (target != null) {
            with.put("target", target);
        }
        if (strategy != null || shifts != null) {
            ObjectNode chosen = with.putObject("strategy");
            chosen.put("kind", strategy == null ? "random" : strategy);
            if (shifts != null) {
                ArrayNode all = chosen.putArray("shifts");
                shifts.forEach(all::add);
            }
        }
        setting.into(with);
        if (iterations != null) {
            request.put("iterations", iterations);
        }
        if (confidence != null) {
            request.put("confidence", confidence);
        }
        return request;
    }

    private static int tell(PrintWriter out, JsonNode end) {
        for (String side : List.of("first", "second")) {
            JsonNode one = end.path(side);
            JsonNode rate = one.path("failureRate");
            out.printf(
                    Locale.ROOT,
                    "%-6s %,d failures in %,d iterations: %.3g (95 %%: %.3g to %.3g)%n",
                    side,
                    one.path("failures").asLong(),
                    one.path("iterations").asLong(),
                    rate.path("perIteration").asDouble(),
                    rate.path("low").asDouble(),
                    rate.path("high").asDouble());
        }
        JsonNode ratio = end.path("ratio");
        if (ratio.isNumber()) {
            JsonNode high = end.path("ratioHigh");
            out.printf(
                    Locale.ROOT,
                    "the second's rate is %.3g times the first's (95 %%: %.3g to %s)%n",
                    ratio.asDouble(),
                    end.path("ratioLow").asDouble(),
                    high.isNumber() ? String.format(Locale.ROOT, "%.3g", high.asDouble()) : "any");
        }
        String verdict = end.path("verdict").asString();
        String words = switch (verdict) {
            case "DIFFERENT" -> "the rates differ";
            case "NO_DIFFERENCE_SEEN" -> "no difference was seen";
            default -> "undecided: a side was ended before its time";
        };
        out.printf(
                Locale.ROOT,
                "%s (Fisher's exact test: p = %.3g)%n",
                words,
                end.path("pValue").asDouble());
        return verdict.equals("UNDECIDED") ? 1 : 0;
    }
}
