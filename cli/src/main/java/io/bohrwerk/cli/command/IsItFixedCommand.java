package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.JobStatus;
import io.bohrwerk.client.ProgressLine;
import java.io.PrintWriter;
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
import tools.jackson.databind.node.ObjectNode;

/** Asks whether a failure is gone. */
@Command(
        name = "is-it-fixed",
        description =
                "Runs as many iterations of another target as it takes to say that a job's failure is gone. Prints the new"
                        + " job's id; with --watch, follows it and says how sure it is. Exit status then: 0 no failure at that"
                        + " confidence, 1 not fixed, 2 undecided.")
public final class IsItFixedCommand implements Callable<Integer> {
    private static final int UNDECIDED = 2;

    @Parameters(paramLabel = "JOB", description = "The job that found the failure.")
    @SuppressWarnings("NullAway.Init")
    private String job;

    @Option(names = "--target", required = true, paramLabel = "ID", description = "The target with the change.")
    @SuppressWarnings("NullAway.Init")
    private String target;

    @Option(names = "--confidence", paramLabel = "C", description = "Such as 0.99. Default: 0.95")
    private @Nullable Double confidence;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = "Failure rate, such as 5e-5, if known more precisely than from the job.")
    private @Nullable Double rate;

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
        ObjectNode request = JsonMapper.shared().createObjectNode();
        request.put("target", target);
        if (confidence != null) {
            request.put("confidence", confidence);
        }
        if (rate != null) {
            request.put("rate", rate);
        }
        JsonNode made = api.post("/jobs/" + job + "/is-it-fixed", request);
        String id = made.path("id").asString();
        if (!watch) {
            out.println(id);
            return 0;
        }
        JsonNode fix = made.path("isItFixed");
        out.println("job " + id);
        out.printf(
                Locale.ROOT,
                "it takes %,d iterations without a failure to be %s %% sure%n",
                fix.path("iterationsNeeded").asLong(),
                percent(fix.path("confidence").asDouble()));
        JobStatus status = Hunt.of(api, id).follow(ProgressLine.on(out, ""));
        return tell(out, status);
    }

    private static int tell(PrintWriter out, JobStatus status) {
        String verdict = String.valueOf(status.verdict());
        Double reached = status.confidenceReached();
        switch (verdict) {
            case "NOT_FIXED" -> out.println("NOT FIXED: it failed again, see failure " + status.firstFailure());
            case "NO_FAILURE_AT_CONFIDENCE" ->
                out.println("no failure, at a confidence of " + percent(reached == null ? 0 : reached) + " %");
            default ->
                out.println("undecided: " + status.state().toLowerCase(Locale.ROOT)
                        + (status.message() == null ? "" : ", " + status.message()) + "; the confidence is "
                        + percent(reached == null ? 0 : reached) + " %");
        }
        return verdict.equals("NO_FAILURE_AT_CONFIDENCE") ? 0 : verdict.equals("NOT_FIXED") ? 1 : UNDECIDED;
    }

    /** Cut, not rounded: 94.99 % is not 95 %. */
    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.4g", Math.floor(share * 10_000 + 1e-6) / 100);
    }
}
