package io.bohrwerk.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Lists who changed what. */
@Command(name = "trail", description = "Lists who changed what, when, and from where, latest first. Needs scope admin.")
public final class TrailCommand implements Callable<Integer> {
    private static final int LONGEST_DETAIL = 120;

    @Option(
            names = "--act",
            paramLabel = "ACT",
            description = "Only this: jobs.cancel, for example, or jobs for all that was done to jobs.")
    private @Nullable String act;

    @Option(names = "--subject", paramLabel = "ID", description = "Only what was done to this job, target, crash, ...")
    private @Nullable String subject;

    @Option(names = "--caller", paramLabel = "NAME", description = "Only what was done with the token of this name.")
    private @Nullable String caller;

    @Option(names = "--since", paramLabel = "TIME", description = "Nothing earlier. As 2026-01-31T12:00:00Z.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only what is earlier.")
    private @Nullable String until;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Listing listing;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Map<String, @Nullable Object> filters = new LinkedHashMap<>();
        filters.put("act", act);
        filters.put("subject", subject);
        filters.put("caller", caller);
        filters.put("since", since);
        filters.put("until", until);
        listing.print(
                spec.commandLine(),
                "/trail",
                filters,
                String.format(
                        "%-19s  %-16s  %-15s  %-17s  %-36s  %s", "TIME", "WHO", "FROM", "ACT", "SUBJECT", "REQUEST"),
                TrailCommand::line,
                "nothing has been changed, or nothing like this");
        return 0;
    }

    static String line(JsonNode entry) {
        String detail = entry.path("detail").asString("");
        return String.format(
                "%-19s  %-16s  %-15s  %-17s  %-36s  %s %s",
                Listing.time(entry.path("at")),
                entry.path("caller").asString(""),
                entry.path("address").asString(""),
                entry.path("act").asString(""),
                entry.path("subject").asString("-"),
                entry.path("status").asString("no answer"),
                detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + " ...");
    }
}
