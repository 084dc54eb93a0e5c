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

/** Compares the blob store with the database. */
@Command(
        name = "audit",
        description =
                "Compares the blob store with the database: missing and orphan blobs, rows that contradict each other."
                        + " Exit status 1 if it finds anything.")
public final class AuditCommand implements Callable<Integer> {
    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "86400",
            description = "Age beyond which an unreferenced blob is an orphan. Default: ${DEFAULT-VALUE}, a day")
    private long grace;

    @Option(
            names = "--repair",
            description =
                    "Delete orphans. With a grace below a day, use it only while nothing else writes to the store.")
    private boolean repair;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ApiClient client = server.client();
        JsonNode report = repair
                ? client.post("/audit/repair?grace=" + grace, JsonNodeFactory.instance.objectNode())
                : client.get("/audit?grace=" + grace);
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode finding : report.path("findings")) {
            out.println(finding.path("kind").asString() + "  "
                    + finding.path("subject").asString() + ": "
                    + finding.path("what").asString());
        }
        long total = report.path("total").asLong();
        out.printf(
                "%d blobs of %d bytes, %d names, %d references; %d unreferenced but young, %d deleted; %d findings%n",
                report.path("blobs").asLong(),
                report.path("bytes").asLong(),
                report.path("names").asLong(),
                report.path("references").asLong(),
                report.path("youngBlobs").asLong(),
                report.path("deletedBlobs").asLong(),
                total);
        return total == 0 ? 0 : 1;
    }
}
