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

/** Lists crashes. */
@Command(name = "crashes", description = "Lists crashes: groups of failures that look like one bug.")
public final class CrashesCommand implements Callable<Integer> {
    @Option(
            names = "--sort",
            paramLabel = "BY",
            description = "created, last-seen, first-seen, failures or title. Default: created")
    private @Nullable String sort;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only crashes in this state: open, fixed, invalid or duplicate.")
    private @Nullable String state;

    @Option(
            names = "--target",
            paramLabel = "ID",
            description = "Only crashes seen on this target; takes the target's full id.")
    private @Nullable String target;

    @Option(names = "--text", paramLabel = "TEXT", description = "Only crashes with this text in their title.")
    private @Nullable String text;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Listing listing;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Map<String, @Nullable Object> filters = new LinkedHashMap<>();
        filters.put("sort", sort);
        filters.put("state", state);
        filters.put("target", target);
        filters.put("text", text);
        listing.print(
                spec.commandLine(),
                "/crashes",
                filters,
                String.format(
                        "%-36s  %-9s  %-8s  %8s  %8s  %-19s  %s",
                        "CRASH", "STATE", "OUTCOME", "FAILURES", "VERIFIED", "LAST SEEN", "TITLE"),
                CrashesCommand::line,
                "no crash is like this");
        return 0;
    }

    static String line(JsonNode crash) {
        return String.format(
                Locale.ROOT,
                "%-36s  %-9s  %-8s  %,8d  %,8d  %-19s  %s",
                crash.path("id").asString(),
                Listing.word(crash.path("state")),
                Listing.word(crash.path("outcome")),
                crash.path("failures").asLong(),
                crash.path("verified").asLong(),
                Listing.time(crash.path("lastSeen")),
                crash.path("title").asString(""));
    }
}
