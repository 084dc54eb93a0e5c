package io.bohrwerk.emulator.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The functions of a report, from the inside out, and which of them names the bug. */
final class Stack {
    /** What is kept of it; a recursion that ends in an overflow is some hundred deep. */
    private static final int LONGEST = 1000;

    /** What stands where the kernel has no name. */
    private static final Pattern ADDRESS = Pattern.compile("(?:0x)?[0-9a-f]{8,16}");

    /** How a function is chosen. */
    enum Choice {
        /** The innermost that is not skipped. */
        FIRST,
        /**
         * Of a loop, whose innermost function is a matter of chance: what the kernel called on behalf of the system call, timer or work;
         * or the innermost one of a module.
         */
        ENTRY,
        /** The innermost that is not skipped and does not only wait. */
        WAITER
    }

    /** @param traced whether a stack names it; else a line of the report's head does */
    private record Frame(String function, boolean module, boolean traced, boolean register) {}

    private final Family family;
    private final Known known;
    private final List<Frame> frames = new ArrayList<>();
    private @Nullable String before;
    /** Where the processor stood, by the last registers. */
    private @Nullable Frame at;
    /** Where it stood when the interrupt came whose stack was forgotten. */
    private @Nullable Frame interrupted;

    Stack(Family family, Known known) {
        this.family = family;
        this.known = known;
    }

    /** @param register whether it is where the processor stood, and not from the stack */
    void add(String function, boolean module, boolean traced, boolean register) {
        if (interrupted != null && frames.isEmpty() && !register) {
            frames.add(interrupted);
        }
        if (frames.size() < LONGEST && !ADDRESS.matcher(function).matches()) {
            Frame frame = new Frame(function, module, traced, register);
            frames.add(frame);
            if (register) {
                at = frame;
            }
        }
    }

    /** What comes now is what went wrong; what was before is taken only if nothing comes. */
    void forget() {
        interrupted = at;
        if (isNamed()) {
            before = nameOf(frames);
        }
        frames.clear();
    }

    boolean isNamed() {
        return frames.stream().anyMatch(frame -> !skips(frame));
    }

    private boolean skips(Frame frame) {
        return family.skips(frame.function) || known.skips(frame.function);
    }

    /** The function that names the bug; null when none does. */
    @Nullable
    String name() {
        String name = nameOf(frames);
        return name == null ? before : name;
    }

    private @Nullable String nameOf(List<Frame> all) {
        List<Frame> left = all.stream().filter(frame -> !skips(frame)).toList();
        if (left.isEmpty()) {
            return null;
        }
        return switch (known.choice()) {
            case FIRST -> left.get(0).function;
            case ENTRY -> entry(left);
            case WAITER -> waiter(left);
        };
    }

    private String waiter(List<Frame> left) {
        for (Frame frame : left) {
            String gathered = family.gathers(frame.function);
            if (!gathered.isEmpty() && !family.isEntry(frame.function)) {
                return gathered;
            }
        }
        for (Frame frame : left) {
            if (!isWaiting(frame)) {
                return frame.function;
            }
        }
        // All wait: what was called first, the farthest from the scheduler.
        return left.get(left.size() - 1).function;
    }

    private String entry(List<Frame> left) {
        String inner = left.get(0).function;
        if (left.get(0).module) {
            return inner;
        }
        for (Frame frame : left) {
            if (family.isEntry(frame.function)) {
                String gathered = family.gathers(frame.function);
                return gathered.isEmpty() ? inner : gathered;
            }
            inner = frame.function;
        }
        return left.get(0).function;
    }

    /** The innermost functions that are not skipped; registers name the function once more that the stack begins with. */
    List<String> top(int most) {
        List<Frame> left =
                frames.stream().filter(frame -> frame.traced && !skips(frame)).toList();
        int from = 0;
        // When all of them wait, the last one names the report and stays.
        while (known.choice() == Choice.WAITER && from < left.size() - 1 && isWaiting(left.get(from))) {
            from++;
        }
        List<String> top = new ArrayList<>();
        for (Frame frame : left.subList(from, left.size())) {
            boolean repeats = !top.isEmpty() && top.get(top.size() - 1).equals(frame.function);
            if (!repeats && top.size() < most) {
                top.add(frame.function);
            }
        }
        return top;
    }

    private boolean isWaiting(Frame frame) {
        return !frame.module && family.waits(frame.function);
    }
}
