package io.bohrwerk.cli.command;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Lists jobs. */
@Command(name = "jobs", description = "Lists jobs, latest first.")
public final class JobsCommand implements Callable<Integer> {
    @Option(
            names = "--state",
            paramLabel = "STATE,..",
            description = "Only jobs in these states: queued, running, completed, cancelled, error.")
    private @Nullable String state;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Listing listing;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Map<String, @Nullable Object> filters = new LinkedHashMap<>();
        filters.put("state", state);
        listing.print(
                spec.commandLine(),
                "/jobs",
                filters,
                String.format(
                        "%-36s  %-9s  %-19s  %14s  %8s  %-27s  %s",
                        "JOB", "STATE", "CREATED", "ITERATIONS", "FAILURES", "RATE (95 %)", "NAME"),
                JobsCommand::line,
                "no job is like this");
        return 0;
    }

    static String line(JsonNode job) {
        String message = job.path("message").asString("");
        return String.format(
                Locale.ROOT,
                "%-36s  %-9s  %-19s  %,14d  %,8d  %-27s  %s, %s on %s%s",
                job.path("id").asString(),
                Listing.word(job.path("state")),
                Listing.time(job.path("createdAt")),
                job.path("iterations").asLong(),
                job.path("failures").asLong(),
                Listing.rate(job.path("failureRate")),
                job.path("name").asString(""),
                job.path("strategy").path("kind").asString(""),
                job.path("targetName").asString(""),
                message.isEmpty() ? "" : ": " + message);
    }
}
