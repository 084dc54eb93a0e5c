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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Lists failures. */
@Command(name = "failures", description = "Lists failures, latest first.")
public final class FailuresCommand implements Callable<Integer> {
    @Option(names = "--job", paramLabel = "JOB", description = "Only failures that this job found.")
    private @Nullable String job;

    @Option(names = "--crash", paramLabel = "CRASH", description = "Only failures of this crash.")
    private @Nullable String crash;

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            description = "Only failures with this outcome: failed, hung or panicked.")
    private @Nullable String outcome;

    @Option(
            names = "--replay",
            paramLabel = "VERDICT",
            description = "Only failures with this replay verdict: verified, diverged or not-replayed.")
    private @Nullable String replay;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "Only failures with this text in their title or reason.")
    private @Nullable String text;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Listing listing;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int lists = (job == null ? 0 : 1)
                + (crash == null ? 0 : 1)
                + (outcome == null && replay == null && text == null ? 0 : 1);
        if (lists > 1) {
            throw new ParameterException(
                    spec.commandLine(), "choose one of: --job, --crash, or --outcome, --replay and --text");
        }
        Map<String, @Nullable Object> filters = new LinkedHashMap<>();
        filters.put("outcome", outcome);
        filters.put("replay", replay);
        filters.put("text", text);
        filters.put("report", listing.json() ? null : "false");
        listing.print(
                spec.commandLine(),
                job != null
                        ? "/jobs/" + job + "/failures"
                        : crash != null ? "/crashes/" + crash + "/failures" : "/failures",
                filters,
                String.format(
                        "%-36s  %-19s  %-8s  %-12s  %10s  %s",
                        "FAILURE", "WHEN", "OUTCOME", "REPLAY", "ITERATION", "WHAT"),
                FailuresCommand::line,
                "no failure is like this");
        return 0;
    }

    static String line(JsonNode failure) {
        return String.format(
                Locale.ROOT,
                "%-36s  %-19s  %-8s  %-12s  %,10d  %s%s",
                failure.path("id").asString(),
                Listing.time(failure.path("occurredAt")),
                Listing.word(failure.path("outcome")),
                Listing.word(failure.path("replay")),
                failure.path("iteration").asLong(),
                failure.path("title").asString(failure.path("reason").asString("")),
                failure.path("beyondStopRule").asBoolean(false) ? " (beyond its job's stop rule)" : "");
    }
}
