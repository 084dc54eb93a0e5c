package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Shows a failure's merged log. */
@Command(
        name = "log",
        description =
                "Shows a failure's merged log: guest console and emulator log in the order in which things happened.")
public final class LogCommand implements Callable<Integer> {
    private static final int LARGEST_PAGE = 1000;

    @Parameters(arity = "0..1", paramLabel = "FAILURE", description = "The failure's id.")
    private @Nullable String failure;

    @Option(names = "--replay", paramLabel = "REPLAY", description = "The log of this replay instead.")
    private @Nullable String replay;

    @Option(
            names = "--vector",
            paramLabel = "N,..",
            description = "Only interrupts and exceptions of these vectors: 1,14 or 0x20.")
    private @Nullable String vector;

    @Option(
            names = "--kind",
            paramLabel = "KIND,..",
            description = "Only entries of these kinds: guest, interrupt, reset, other.")
    private @Nullable String kind;

    @Option(names = "--iteration", paramLabel = "N", description = "Only entries that may belong to this iteration.")
    private @Nullable Long iteration;

    @Option(names = "--before-failure", paramLabel = "N", description = "Only the last N entries up to the failure.")
    private @Nullable Integer beforeFailure;

    @Option(names = "--text", paramLabel = "TEXT", description = "Only entries that contain this text.")
    private @Nullable String text;

    @Option(
            names = "--repeated",
            description =
                    "Only traps that came before in the same iteration with the same frame, registers and address space."
                            + " A repeated system call counts only when no other trap came between.")
    private boolean repeated;

    @Option(names = "--json", description = "One JSON object per line, as returned by the API.")
    private boolean json;

    /** Of the line before, CR3; null where no line had one yet. */
    private @Nullable String addressSpace;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if ((failure == null) == (replay == null)) {
            throw new ParameterException(spec.commandLine(), "give either FAILURE or --replay REPLAY");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (beforeFailure != null) {
            backward(server.client(), out, beforeFailure);
        } else {
            forward(server.client(), out);
        }
        out.flush();
        return 0;
    }

    private String owner() {
        return replay == null ? "/failures/" + failure : "/replays/" + replay;
    }

    private void forward(ApiClient api, PrintWriter out) throws IOException, InterruptedException {
        Map<String, Object> query = query();
        query.put("limit", LARGEST_PAGE);
        JsonNode next;
        do {
            JsonNode page = api.get(path(query));
            page.path("entries").forEach(entry -> print(out, entry));
            next = page.path("next");
            query.put("from", next.asLong(0));
        } while (next.isNumber() && !out.checkError());
    }

    /** The pages come last first, and are printed in the log's order. */
    private void backward(ApiClient api, PrintWriter out, int wanted) throws IOException, InterruptedException {
        Map<String, Object> query = query();
        query.put("direction", "backward");
        query.put("from", api.get(owner() + "/log/summary").path("failureEntry").asLong());
        java.util.ArrayDeque<JsonNode> entries = new java.util.ArrayDeque<>();
        JsonNode previous;
        do {
            query.put("limit", Math.min(LARGEST_PAGE, wanted - entries.size()));
            JsonNode page = api.get(path(query));
            for (int i = page.path("entries").size() - 1; i >= 0; i--) {
                entries.addFirst(page.path("entries").get(i));
            }
            previous = page.path("previous");
            query.put("from", previous.asLong(0));
        } while (previous.isNumber() && entries.size() < wanted);
        entries.forEach(entry -> print(out, entry));
    }

    private Map<String, Object> query() {
        Map<String, Object> query = new LinkedHashMap<>();
        put(query, "vector", vector);
        put(query, "kind", kind);
        put(query, "iteration", iteration);
        put(query, "text", text);
        put(query, "repeated", repeated ? "true" : null);
        return query;
    }

    private static void put(Map<String, Object> query, String name, @Nullable Object value) {
        if (value != null) {
            query.put(name, value);
        }
    }

    private String path(Map<String, Object> query) {
        return owner() + "/log/entries?"
                + query.entrySet().stream()
                        .map(part -> part.getKey() + "="
                                + URLEncoder.encode(String.valueOf(part.getValue()), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
    }

    private void print(PrintWriter out, JsonNode entry) {
        if (json) {
            out.println(entry);
            return;
        }
        String space = entry.path("registers").path("CR3").asString(addressSpace);
        out.println(line(entry, space != null && !space.equals(addressSpace)));
        addressSpace = space;
    }

    /**
     * An entry for people, in a line. Control characters of the guest's do nothing to the terminal.
     *
     * @param moved whether its address space is to be shown
     */
    static String line(JsonNode entry, boolean moved) {
        StringBuilder line = new StringBuilder();
        long from = entry.path("iterationFrom").asLong();
        long to = entry.path("iterationTo").asLong();
        line.append(
                String.format("%7d  %-11s ", entry.path("number").asLong(), from == to ? "" + from : from + "-" + to));
        switch (entry.path("kind").asString()) {
            case "guest" -> line.append("| ").append(entry.path("text").asString(""));
            case "interrupt" -> interrupt(line, entry);
            default ->
                line.append("  ")
                        .append(entry.path("raw")
                                .asString("")
                                .lines()
                                .findFirst()
                                .orElse(""));
        }
        if (moved) {
            line.append("  cr3=").append(entry.path("registers").path("CR3").asString());
        }
        return Listing.harmless(line.toString());
    }

    private static void interrupt(StringBuilder line, JsonNode entry) {
        line.append("! ").append(entry.path("name").asString());
        if (!entry.path("ip").isString()) {
            line.append("  in real mode");
            return;
        }
        if (entry.path("call").isNumber()) {
            line.append("  call=").append(entry.path("call").asLong());
        }
        line.append("  cpl=").append(entry.path("cpl").asInt());
        line.append("  ip=").append(entry.path("ip").asString());
        if (entry.path("symbol").isString()) {
            line.append(' ').append(entry.path("symbol").asString());
        }
        line.append("  sp=").append(entry.path("sp").asString());
        if (entry.path("vector").asInt() == 14) {
            line.append("  cr2=").append(entry.path("cr2").asString(""));
        }
        if (entry.path("vector").asInt() == 1) {
            JsonNode debug = entry.path("debugRegisters");
            line.append("  dr6=").append(debug.path("DR6").asString(""));
            line.append("  dr7=").append(debug.path("DR7").asString(""));
        }
        if (entry.path("errorCode").asLong(0) != 0) {
            line.append("  error=")
                    .append(Long.toHexString(entry.path("errorCode").asLong()));
        }
        JsonNode repeats = entry.path("repeats");
        if (repeats.isObject()) {
            line.append("  same frame as ").append(repeats.path("entry").asLong());
            if (!repeats.path("differs").isEmpty()) {
                line.append(" but for ");
                for (int i = 0; i < repeats.path("differs").size(); i++) {
                    line.append(i == 0 ? "" : ", ")
                            .append(repeats.path("differs").get(i).asString());
                }
            }
        }
    }
}
