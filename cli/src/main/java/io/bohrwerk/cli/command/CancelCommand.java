package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ends jobs. */
@Command(
        name = "cancel",
        description = "Cancels jobs. What they found is kept. Exit status 1 if one had already ended.")
public final class CancelCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "JOB", description = "The job's id.")
    @SuppressWarnings("NullAway.Init")
    private List<String> jobs;

    @Option(names = "--json", description = "One JSON object per line, the job as returned by the API.")
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
        boolean late = false;
        for (String id : jobs) {
            boolean ended = api.get("/jobs/" + id).path("finishedAt").isString();
            JsonNode job =
                    api.post("/jobs/" + id + "/cancel", JsonMapper.shared().createObjectNode());
            late |= ended;
            out.println(json ? job.toString() : line(job, ended));
        }
        out.flush();
        return late ? 1 : 0;
    }

    static String line(JsonNode job, boolean ended) {
        return String.format(
                Locale.ROOT,
                "job %s %s %s after %,d iterations and %,d failures",
                job.path("id").asString(),
                ended ? "had already ended as" : "is",
                Listing.word(job.path("state")),
                job.path("iterations").asLong(),
                job.path("failures").asLong());
    }
}
