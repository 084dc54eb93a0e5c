package io.bohrwerk.emulator.report;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.bohrwerk.protocol.LinePattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A family of kernels.
 *
 * @param timed whether all lines of the kernel's have a time stamp when the first has one: then those without are a program's. A report
 *     whose first line has none is one only once a mark follows
 * @param frames lines of a stack, each with the function as {@code {frame}}; the first that is not skipped is what went wrong
 * @param skip functions that say nothing: those that report, and those that everybody calls
 * @param waits functions in which a task waits for another
 * @param entries functions that call whatever a system call, a timer, an interrupt or a work asks for
 * @param gathers functions that are one thing under several names, by the name that stands for all in a stall or a hang
 * @param begins lines that a kernel puts in front of a report's first
 * @param ends lines with which a report is over
 * @param others lines with which something else begins, once there has been a stack
 * @param asides lines with which a stack begins that is not of what went wrong
 * @param backs lines with which one begins that is
 * @param repeats lines behind which the kernel prints the same stack again
 * @param prompts a debugger's: the report is over with the first one after a function that is not skipped
 * @param marks lines of reports that no other kernel prints: they tell which kernel it is when several begin a report alike
 * @param wraps whether the debugger breaks lines of stacks at 80 columns
 */
record Family(
        String name,
        boolean timed,
        List<LinePattern> frames,
        Skip skip,
        Skip waits,
        Skip entries,
        Map<String, Skip> gathers,
        List<LinePattern> begins,
        List<LinePattern> ends,
        List<LinePattern> others,
        List<LinePattern> asides,
        List<LinePattern> backs,
        List<LinePattern> repeats,
        List<LinePattern> prompts,
        List<LinePattern> marks,
        boolean wraps,
        List<Known> reports) {
    @JsonCreator
    static Family of(
            String name,
            @Nullable Boolean timed,
            List<LinePattern> frames,
            @Nullable List<String> skip,
            @Nullable List<String> waits,
            @Nullable List<String> entries,
            @Nullable Map<String, List<String>> gathers,
            @Nullable List<LinePattern> begins,
            @Nullable List<LinePattern> ends,
            @Nullable List<LinePattern> others,
            @Nullable List<LinePattern> asides,
            @Nullable List<LinePattern> backs,
            @Nullable List<LinePattern> repeats,
            @Nullable List<LinePattern> prompts,
            @Nullable List<LinePattern> marks,
            @Nullable Boolean wraps,
            List<Known> reports) {
        return new Family(
                present(name, "name"),
                Boolean.TRUE.equals(timed),
                List.copyOf(present(frames, "frames")),
                new Skip(list(skip)),
                new Skip(list(waits)),
                new Skip(list(entries)),
                gathered(gathers == null ? Map.of() : gathers),
                list(begins),
                list(ends),
                list(others),
                list(asides),
                list(backs),
                list(repeats),
                list(prompts),
                list(marks),
                Boolean.TRUE.equals(wraps),
                List.copyOf(present(reports, "reports")));
    }

    private static Map<String, Skip> gathered(Map<String, List<String>> given) {
        Map<String, Skip> gathers = new LinkedHashMap<>();
        given.forEach((name, functions) -> gathers.put(name, new Skip(functions)));
        return gathers;
    }

    /** The name that stands for the function and its like; empty when it has none. */
    String gathers(String function) {
        for (Map.Entry<String, Skip> each : gathers.entrySet()) {
            if (each.getValue().has(function)) {
                return each.getKey();
            }
        }
        return "";
    }

    static <T> List<T> list(@Nullable List<T> given) {
        return given == null ? List.of() : List.copyOf(given);
    }

    static boolean any(List<LinePattern> patterns, String line) {
        for (LinePattern pattern : patterns) {
            if (pattern.matches(line)) {
                return true;
            }
        }
        return false;
    }

    boolean skips(String function) {
        return skip.has(function);
    }

    boolean waits(String function) {
        return waits.has(function);
    }

    boolean isEntry(String function) {
        return entries.has(function);
    }
}
