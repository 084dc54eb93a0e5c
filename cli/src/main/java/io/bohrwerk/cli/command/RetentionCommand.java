package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What retention takes away, by its settings. */
@Command(
        name = "retention",
        description = "Lists failures that exceed a retention limit, and with --run removes their artifacts.")
public final class RetentionCommand implements Callable<Integer> {
    @Option(names = "--run", description = "Remove the artifacts instead of only listing.")
    private boolean run;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ApiClient client = server.client();
        JsonNode report =
                run ? client.post("/retention/run", JsonNodeFactory.instance.objectNode()) : client.get("/retention");
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode item : report.path("items")) {
            out.printf(
                    "%s  of %s, crash %s: %,d bytes, past %s%n",
                    item.path("failure").asString(),
                    item.path("occurredAt").asString(),
                    item.path("crash").asString(),
                    item.path("bytes").asLong(),
                    item.path("limit").asString());
        }
        out.printf(
                "%d failures %s their artifacts of %,d bytes; %d blobs of %,d bytes deleted, %d wait%n",
                report.path("failures").asLong(),
                run ? "went without" : "would go without",
                report.path("bytes").asLong(),
                report.path("deletedBlobs").asLong(),
                report.path("deletedBytes").asLong(),
                report.path("waitingBlobs").asLong());
        return 0;
    }
}
