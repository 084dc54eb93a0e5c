package io.bohrwerk.emulator.qemu;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.ArrayList;
import java.util.List;

/**
 * What the plugin is to do, in the words of its command line. All of its files lie in the machine's directory, under the names here: no text of
 * a user's comes into QEMU's option string. Counts are of instructions begun since the emulator's start, of all CPUs together.
 *
 * @param words options beside {@code out}, as {@code name=value}
 */
public record PluginOptions(List<String> words) {
    /** The plugin as the emulator sees it: lent to its machine. */
    public static final String FILE = "plugin.so";
    /** FIFO to which it writes its lines. */
    public static final String OUT = "plugin.out";
    /** FIFO that it makes, for commands to a plugin that waits. */
    public static final String CONTROL = "plugin.in";
    /** FIFO that it makes, for QEMU's log of interrupts. */
    public static final String LOG = "plugin.log";

    /** Does nothing. */
    public static final PluginOptions NONE = new PluginOptions(List.of());

    public PluginOptions {
        words = List.copyOf(words);
    }

    private PluginOptions and(String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return new PluginOptions(all);
    }

    /** Also counts the instructions of each CPU: {@link io.bohrwerk.emulator.plugin.PluginLine.Count}, when the emulator ends. */
    public PluginOptions counting() {
        return and("count=on");
    }

    /** Also tells of each change of CPU: {@link io.bohrwerk.emulator.plugin.PluginLine.Switch}. */
    public PluginOptions withSwitches() {
        return and("switches=on");
    }

    /**
     * Waits when so many instructions are about to have been begun: {@link io.bohrwerk.emulator.plugin.PluginLine.At}. Exact in blocks of one instruction, else the stop
     * is at the end of the block.
     */
    public PluginOptions stoppingAt(long count) {
        return and("stop=" + positive("count", count), "control=" + CONTROL);
    }

    /** Looks for the first execution of an address at a count or later: {@link io.bohrwerk.emulator.plugin.PluginLine.Hit}, and waits there. */
    public PluginOptions untilExecuted(long address, long after) {
        return and("executes=" + hex(address), "after=" + Long.toUnsignedString(after), "control=" + CONTROL);
    }

    /** Looks for the last execution of an address ahead of a count: {@link io.bohrwerk.emulator.plugin.PluginLine.Hit} or {@link io.bohrwerk.emulator.plugin.PluginLine.None} when that is reached. */
    public PluginOptions lastExecuted(long address, long before) {
        return and("executes=" + hex(address), "before=" + positive("before", before), "control=" + CONTROL);
    }

    /** Looks for the last write to some bytes ahead of a count: {@link io.bohrwerk.emulator.plugin.PluginLine.Hit} or {@link io.bohrwerk.emulator.plugin.PluginLine.None} when that is reached. */
    public PluginOptions lastWritten(long address, int bytes, long before) {
        return and(
                "writes=" + hex(address),
                "size=" + positive("bytes", bytes),
                "before=" + positive("before", before),
                "control=" + CONTROL);
    }

    /**
     * Follows the guest for so many instructions: {@link io.bohrwerk.emulator.plugin.PluginLine.Interrupt} and {@link io.bohrwerk.emulator.plugin.PluginLine.End}. QEMU's log of interrupts must be
     * switched on before the guest runs.
     */
    public PluginOptions tracing(long most) {
        return and("trace=on", "log=" + LOG, "until=" + positive("most", most));
    }

    /**
     * Also tells where a batch's delays end: {@link io.bohrwerk.emulator.plugin.PluginLine.Delay}.
     *
     * @param file with the batch's list of delays
     */
    public PluginOptions withDelays(String file) {
        return and("delays=" + file);
    }

    /** Also keeps the places between the ends of two delays, counted from 1, and ends there. */
    public PluginOptions keeping(int from, int to) {
        require(from >= 1 && to > from, "from", from, "must be at least 1 and before " + to);
        return and("from=" + from, "to=" + to);
    }

    /** QEMU's options. */
    public List<String> options() {
        List<String> options = new ArrayList<>(List.of("-plugin", "./" + FILE + ",out=" + OUT + joined()));
        if (words.contains("log=" + LOG)) {
            options.addAll(List.of("-D", LOG));
        }
        return options;
    }

    private String joined() {
        return words.isEmpty() ? "" : "," + String.join(",", words);
    }

    private static long positive(String name, long value) {
        require(value >= 1, name, value, "must be at least 1");
        return value;
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
