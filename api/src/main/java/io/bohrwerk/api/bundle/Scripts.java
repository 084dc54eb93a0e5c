package io.bohrwerk.api.bundle;

import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A bundle's texts, made of its failure's manifest.
 *
 * @param configuration fw_cfg files by name
 */
record Scripts(String readme, String replay, String debug, String machine, SortedMap<String, String> configuration) {
    private static final Collector<CharSequence, ?, String> LINES = Collectors.joining(System.lineSeparator());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** What the scripts give themselves, with the option's value if it has one. */
    private static final Map<String, Integer> GIVEN_BY_SCRIPTS = Map.of("-monitor", 2, "-loadvm", 2, "-S", 1);

    static Scripts of(Failure failure, TargetManifest target, byte[] manifest) {
        JsonNode facts = JSON.readTree(manifest);
        JsonNode counts = facts.path("instructions");
        String first = number(counts, "first");
        String before = counts.path("before").isNumber() ? number(counts, "before") : first;
        JsonNode found = facts.path("failure").path("instruction");
        String failing = found.isNumber() ? Long.toString(found.asLong()) : number(counts, "last");
        SortedMap<String, String> configuration = new TreeMap<>();
        facts.path("byHand")
                .path("files")
                .properties()
                .forEach(file ->
                        configuration.put(plain(file.getKey()), file.getValue().asString()));
        return new Scripts(
                resource(failure.coordinates().again() == Again.REPLAY ? "README.md" : "RUN-AGAIN.md")
                        .replace("@ID@", failure.id().toString())
                        .replace("@ITERATION@", Long.toString(failure.iteration()))
                        .replace("@OUTCOME@", failure.outcome().name())
                        .replace("@REASON@", failure.reason().replace("@", "@\u200b"))
                        .replace("@VERIFIED@", verified(failure))
                        .replace("@EMULATOR@", failure.coordinates().emulator())
                        .replace("@FIRST@", first)
                        .replace("@BEFORE@", before)
                        .replace("@FAILING@", failing)
                        .replace("@LAST@", number(counts, "last")),
                resource("replay.sh"),
                resource("debug.sh"),
                resource("machine.sh").replace("@FACTS@", facts(failure, target, facts, first, before, failing)),
                configuration);
    }

    /** A paragraph; empty for a failure whose replay was verified. */
    private static String verified(Failure failure) {
        return failure.replay() == ReplayVerdict.VERIFIED
                ? ""
                : "\n**Not verified**: its replay "
                        + (failure.replay() == ReplayVerdict.DIVERGED ? "did not go the same way" : "was not made")
                        + (failure.replayNote().isEmpty()
                                ? "."
                                : " (" + failure.replayNote().replace("@", "@\u200b") + ").")
                        + " What the scripts replay to may be something else.\n";
    }

    /** What the bundle of a failure says that nothing was recorded of. */
    static String unrecorded(Failure failure) {
        return resource("UNRECORDED.md")
                .replace("@ID@", failure.id().toString())
                .replace("@ITERATION@", Long.toString(failure.iteration()))
                .replace("@OUTCOME@", failure.outcome().name())
                .replace("@EMULATOR@", failure.coordinates().emulator())
                .replace("@REASON@", failure.reason().replace("@", "@\u200b"))
                .replace("@REPORT@", failure.report().indent(4));
    }

    private static String facts(
            Failure failure, TargetManifest target, JsonNode facts, String first, String before, String failing) {
        JsonNode counts = facts.path("instructions");
        JsonNode console = facts.path("console");
        // Before it was written down, only hung guests were stopped by us.
        boolean byGuest = facts.path("stoppedByGuest").asBoolean(failure.outcome() != Outcome.HUNG);
        String kernel = target.boot().kernel();
        String initrd = target.boot().initrd();
        String disks =
                target.boot().disks().stream().map(disk -> quoted(disk.file())).collect(Collectors.joining(" "));
        return lines(
                "failure=" + failure.id(),
                "iteration=" + failure.iteration(),
                "outcome=" + failure.outcome(),
                "# whether it was seen to replay when it was found: VERIFIED, DIVERGED or NOT_REPLAYED; and why not",
                "verified=" + failure.replay(),
                "verified_note=" + quoted(failure.replayNote()),
                "# how it is made to go the same way: REPLAY of a recording, or RUN: its batch is run again",
                "again=" + failure.coordinates().again(),
                "# what the guest said of its failure; empty for nothing",
                "said=" + quoted(said(failure, facts)),
                "emulator=" + quoted(failure.coordinates().emulator()),
                "binary=" + target.machine().arch().qemuBinary(),
                "architecture=" + (target.machine().arch() == TargetMachine.Arch.I386 ? "i386" : "i386:x86-64"),
                "kernel=" + quoted(kernel == null ? "" : kernel),
                "initrd=" + quoted(initrd == null ? "" : initrd),
                "disks=(" + disks + ")",
                "# QEMU's instruction counts: where the batch began, just before the failing iteration, at the failure, where it stopped",
                "first=" + first,
                "before=" + before,
                "failing=" + failing,
                "last=" + number(counts, "last"),
                "stopped_by_guest=" + (byGuest ? "yes" : "no"),
                "# SHA-256 of what the guest printed on port 0xe9 and on its serial port",
                "console=" + quoted(console.path("port0xe9").asString("")),
                "serial=" + quoted(console.path("serial").asString("")),
                "qemu=(",
                command(facts).stream().map(word -> "  " + quoted(word)).collect(LINES),
                ")");
    }

    private static String said(Failure failure, JsonNode facts) {
        String report = facts.path("failure").path("line").asString("");
        return report.isEmpty() && failure.outcome() == Outcome.FAILED ? "@bw fail " + failure.iteration() : report;
    }

    private static String lines(String... lines) {
        return Arrays.stream(lines).collect(LINES);
    }

    /** The worker's own command line, with consoles that are plain files. */
    private static List<String> command(JsonNode facts) {
        List<String> command = new ArrayList<>();
        facts.path("byHand").path("command").forEach(word -> command.add(word.asString()));
        InvalidInputException.require(
                !command.isEmpty() && command.get(0).matches("qemu-system-(i386|x86_64)"),
                "byHand.command",
                command,
                "must be an emulator's command line");
        GIVEN_BY_SCRIPTS.forEach((option, words) -> {
            int at = command.indexOf(option);
            if (at >= 0) {
                command.subList(at, at + words).clear();
            }
        });
        command.replaceAll(word -> word.startsWith("file,id=")
                ? word.replace("path=console.fifo", "path=console.log").replace("path=serial.fifo", "path=serial.log")
                : word);
        return command;
    }

    private static String number(JsonNode counts, String field) {
        return Long.toString(counts.path(field).asLong());
    }

    private static String plain(String name) {
        InvalidInputException.require(name.matches("[a-z]+\\.(cfg|in)"), "byHand.files", name, "must be a plain name");
        return name;
    }

    /** As one word for a shell. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Scripts.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
