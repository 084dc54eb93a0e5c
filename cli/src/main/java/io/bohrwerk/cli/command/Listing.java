package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.JsonNode;

/** A list of the API's as lines, with the options that all such commands have. */
final class Listing {
    private static final int LARGEST_PAGE = 500;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Maximum number to show, latest first; 0 for all. Default: ${DEFAULT-VALUE}")
    private long limit;

    @Option(names = "--json", description = "One JSON object per line, as returned by the API.")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    /** Whether the items are printed as they came. */
    boolean json() {
        return json;
    }

    /**
     * Prints it.
     *
     * @param path below {@code /api/v1}
     * @param filters by the API's names; null for those that were not given
     * @param columns over the lines
     * @param line an item's
     * @param none what to say when there is nothing
     */
    void print(
            CommandLine command,
            String path,
            Map<String, ? extends @Nullable Object> filters,
            String columns,
            Function<JsonNode, String> line,
            String none)
            throws IOException, InterruptedException {
        if (limit < 0) {
            throw new ParameterException(command, "--limit: " + limit + " must be 0 or more");
        }
        PrintWriter out = command.getOut();
        ApiClient api = server.client();
        long left = limit == 0 ? Long.MAX_VALUE : limit;
        long shown = 0;
        String cursor = "";
        do {
            Map<String, Object> query = new LinkedHashMap<>();
            filters.forEach((name, value) -> {
                if (value != null) {
                    query.put(name, value);
                }
            });
            query.put("limit", Math.min(left - shown, LARGEST_PAGE));
            if (!cursor.isEmpty()) {
                query.put("cursor", cursor);
            }
            JsonNode page = api.get(path + "?" + text(query));
            for (JsonNode item : page.path("items")) {
                if (shown++ == 0 && !json) {
                    out.println(columns);
                }
                out.println(json ? item.toString() : harmless(line.apply(item)));
            }
            cursor = page.path("next").asString("");
        } while (!cursor.isEmpty() && shown < left && !out.checkError());
        if (!json && shown == 0) {
            out.println(none);
        } else if (!json && !cursor.isEmpty()) {
            out.println("there are more; --limit 0 shows all");
        }
        out.flush();
    }

    private static String text(Map<String, Object> query) {
        return query.entrySet().stream()
                .map(part -> part.getKey() + "="
                        + URLEncoder.encode(String.valueOf(part.getValue()), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** Control characters of a guest's do nothing to the terminal. */
    static String harmless(String text) {
        return text.codePoints()
                .map(c -> c == '\t'
                        ? ' '
                        : Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** A constant of the API's as people write it, and as its filters take it. */
    static String word(JsonNode constant) {
        return constant.asString("").toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** To the second, UTC. */
    static String time(JsonNode instant) {
        String text = instant.asString("");
        return text.length() < 19 ? text : text.substring(0, 10) + " " + text.substring(11, 19);
    }

    /** A rate with its interval, as {@code 48e-6 (32e-6 to 66e-6)}; a hyphen where it has none. */
    static String rate(JsonNode rate) {
        return rate.path("low").isNumber()
                ? String.format(
                        Locale.ROOT,
                        "%.1e (%.0e to %.0e)",
                        rate.path("perIteration").asDouble(),
                        rate.path("low").asDouble(),
                        rate.path("high").asDouble())
                : "-";
    }
}
