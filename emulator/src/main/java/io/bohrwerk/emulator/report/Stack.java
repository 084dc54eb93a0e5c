package io.bohrwerk.emulator.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions of a report, from the inside out, and which of them names the bug. */
final class Stack {
    /** What is kept of it. The entry from user space is within the first 60 functions of all but a recursion. */
    private static final int LONGEST = 100;

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
    private record Frame(String function, boolean module, boolean traced) {}

    private final Family family;
    private final Known known;
    private final List<Frame> frames = new ArrayList<>();

    Stack(Family family, Known known) {
        this.family = family;
        this.known = known;
    }

    void add(String function, boolean module, boolean traced) {
        if (frames.size() < LONGEST) {
            frames.add(new Frame(function, module, traced));
        }
    }

    void forget() {
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
        List<Frame> left = frames.stream().filter(frame -> !skips(frame)).toList();
        if (left.isEmpty()) {
            return null;
        }
        return switch (known.choice()) {
            case FIRST -> left.get(0).function;
            case ENTRY -> entry(left);
            case WAITER -> left.stream()
                    .map(Frame::function)
                    .filter(function -> !family.waits(function))
                    .findFirst()
                    .orElse(left.get(0).function);
        };
    }

    private String entry(List<Frame> left) {
        if (left.get(0).module) {
            return left.get(0).function;
        }
        String before = left.get(0).function;
        for (Frame frame : left) {
            if (family.isEntry(frame.function)) {
                return before;
            }
            before = frame.function;
        }
        return left.get(0).function;
    }

    /** The innermost functions that are not skipped; registers name the function once more that the stack begins with. */
    List<String> top(int most) {
        List<String> top = new ArrayList<>();
        for (Frame frame : frames) {
            boolean repeats = !top.isEmpty() && top.get(top.size() - 1).equals(frame.function);
            if (frame.traced && !repeats && top.size() < most && !family.skips(frame.function)) {
                top.add(frame.function);
            }
        }
        return top;
    }
}
