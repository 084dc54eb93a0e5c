package io.bohrwerk.cli.command;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is to be other than usual in the machines, as options. What a target can do of it, the server knows. */
final class SettingOptions {
    private static final Pattern EXTRA = Pattern.compile("([0-9]{1,18})(?:\\+([0-9]{1,18})(?:,seed=([0-9]{1,18}))?)?");

    @Option(
            names = "--cpu",
            paramLabel = "MODEL",
            description = "CPU model, such as core2duo. Default: the target's, or qemu32 and qemu64")
    private @Nullable String cpu;

    @Option(
            names = "--extra",
            paramLabel = "OFFSET[+WINDOW[,seed=N]]",
            description =
                    "One extra interrupt in each iteration, this many instructions after its test begins; 0+5000: drawn from"
                            + " the first 5000.")
    private @Nullable String extra;

    @Option(names = "--timer-hz", paramLabel = "N", description = "Timer frequency, if the guest can set it.")
    private @Nullable Integer timerHz;

    @Option(names = "--logging", description = "The emulator writes its interrupt log while it runs the test.")
    private boolean logging;

    @Option(
            names = "--no-icount",
            description = "Plain QEMU without icount or recording: failures are counted, but cannot be replayed.")
    private boolean noIcount;

    /** Puts them into a request, if there are any. */
    void into(ObjectNode request) {
        ObjectNode setting = JsonMapper.shared().createObjectNode();
        if (cpu != null) {
            setting.put("cpu", cpu);
        }
        if (extra != null) {
            setting.set("extra", extra(extra));
        }
        if (timerHz != null) {
            setting.put("timerHz", timerHz);
        }
        if (logging) {
            setting.put("logging", true);
        }
        if (noIcount) {
            setting.put("icount", false);
        }
        if (!setting.isEmpty()) {
            request.set("setting", setting);
        }
    }

    private static ObjectNode extra(String text) {
        Matcher words = EXTRA.matcher(text);
        InvalidInputException.require(
                words.matches(),
                "--extra",
                text,
                "must be OFFSET, OFFSET+WINDOW or OFFSET+WINDOW,seed=N: numbers of instructions, as 1200 or 0+5000");
        ObjectNode extra = JsonMapper.shared().createObjectNode();
        extra.put("offset", Long.parseLong(words.group(1)));
        if (words.group(2) != null) {
            extra.put("window", Long.parseLong(words.group(2)));
        }
        if (words.group(3) != null) {
            extra.put("seed", Long.parseLong(words.group(3)));
        }
        return extra;
    }
}
