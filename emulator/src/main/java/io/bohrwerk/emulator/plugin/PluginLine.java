package io.bohrwerk.emulator.plugin;

import java.io.IOException;

/** A line of the plugin's. Counts are of all CPUs together. */
public sealed interface PluginLine {
    /** The first line. @param api version of the plugin API that the emulator has */
    record Start(int api) implements PluginLine {}

    /** What a CPU had begun at the end. */
    record Count(int cpu, long count) implements PluginLine {}

    /** From here on this CPU executes. */
    record Switch(long count, int cpu, long pc) implements PluginLine {}

    /** The plugin waits before the last instruction ahead of a count. */
    record At(long count, int cpu, long pc) implements PluginLine {}

    /** What was looked for: the instruction at {@code pc}, ahead of which {@code count} had been begun. */
    record Hit(long count, int cpu, long pc) implements PluginLine {}

    /** There was none. */
    record None() implements PluginLine {}

    /** The machine went on after a command, and was not stopped. */
    record Ran(long count) implements PluginLine {}

    /** The plugin waited for a command, and none came in time. */
    record Unattended() implements PluginLine {}

    /** A delay of the batch ended. @param number from 1 */
    record Delay(int number, long count) implements PluginLine {}

    /** A device's interrupt was taken before the instruction at {@code pc}. */
    record Interrupt(int vector, long count, long pc, int privilege) implements PluginLine {}

    /** @param number by which places refer to it */
    record Context(int number, long space, int vector, int call, int depth, int privilege, boolean fresh, boolean blind)
            implements PluginLine {}

    /**
     * A row of instructions.
     *
     * @param sizes of the instructions, in bytes
     * @param first counts when its first instruction was executed
     */
    record Row(int context, long pc, byte[] sizes, long count, long first, long second, long last, String symbol)
            implements PluginLine {}

    /** So many executions are not told of: there was no room. */
    record Dropped(long count) implements PluginLine {}

    /** There are more blocks of code than the plugin has room for; nothing is traced from here on. */
    record Overflow() implements PluginLine {}

    /** The trace's end, after so many completed instructions. */
    record End(long count) implements PluginLine {}

    /** @throws IOException when it is none: the emulator may have been taken over */
    static PluginLine parse(String line) throws IOException {
        String[] w = line.split(" ", -1);
        try {
            return switch (w[0]) {
                case "bohrwerk" -> new Start(Integer.parseInt(w[3]));
                case "count" -> new Count(Integer.parseInt(w[1]), number(w[2]));
                case "switch" -> new Switch(number(w[1]), Integer.parseInt(w[2]), hex(w[3]));
                case "at" -> new At(number(w[1]), Integer.parseInt(w[2]), hex(w[3]));
                case "hit" -> new Hit(number(w[1]), Integer.parseInt(w[2]), hex(w[3]));
                case "none" -> new None();
                case "ran" -> new Ran(number(w[1]));
                case "unattended" -> new Unattended();
                case "delay" -> new Delay(Integer.parseInt(w[1]), number(w[2]));
                case "interrupt" ->
                    new Interrupt(Integer.parseInt(w[1]), number(w[2]), hex(w[3]), Integer.parseInt(w[4]));
                case "context" -> context(w);
                case "place" ->
                    new Row(
                            Integer.parseInt(w[1]),
                            hex(w[2]),
                            sizes(w[3]),
                            number(w[4]),
                            number(w[5]),
                            number(w[6]),
                            number(w[7]),
                            w[8]);
                case "dropped" -> new Dropped(number(w[1]));
                case "overflow" -> new Overflow();
                case "end" -> new End(number(w[1]));
                default -> throw new IOException("unknown line of the plugin: " + line);
            };
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("malformed line of the plugin: " + line, e);
        }
    }

    private static Context context(String[] w) {
        int flags = Integer.parseInt(w[7]);
        return new Context(
                Integer.parseInt(w[1]),
                hex(w[2]),
                Integer.parseInt(w[3]),
                Integer.parseInt(w[4]),
                Integer.parseInt(w[5]),
                Integer.parseInt(w[6]),
                (flags & 1) != 0,
                (flags & 2) != 0);
    }

    private static long number(String text) {
        return Long.parseUnsignedLong(text);
    }

    private static long hex(String text) {
        return Long.parseUnsignedLong(text, 16);
    }

    private static byte[] sizes(String text) {
        byte[] sizes = new byte[text.length()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (byte) Integer.parseInt(text, i, i + 1, 16);
        }
        return sizes;
    }
}
