package io.bohrwerk.emulator.report;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.target.PanicPattern;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One way of telling of trouble.
 *
 * @param line the report's first; what it keeps as {@code {frame}} is the stack's innermost function
 * @param also later lines of the report, for what the title needs; what they keep as {@code {frame}} is the stack's next function
 * @param titles the first of which all names are known is taken; without any it is the line itself
 * @param alternatives titles that reports of the same bug may have, whichever way it is told of
 * @param stack whether a report without a stack is damaged
 * @param deadly see {@link KernelReport#deadly}
 * @param inside whether it comes in the middle of other reports, too, and is a part of them then
 * @param proof later lines without one of which it was no report: programs and people print the first line, too
 * @param within the proof must come within this many lines
 * @param swallows whether another report that begins before this one's stack is part of it
 * @param skip functions that say nothing in reports of this kind, besides the family's
 * @param from lines behind which the stack comes that names it; each is looked for behind those in front of it
 * @param choice which function names it
 */
record Known(
        LinePattern line,
        List<LinePattern> also,
        List<String> titles,
        List<String> alternatives,
        PanicPattern.Kind kind,
        boolean stack,
        boolean deadly,
        boolean inside,
        List<LinePattern> proof,
        int within,
        boolean swallows,
        Skip skip,
        List<LinePattern> from,
        Stack.Choice choice) {
    /** Xen prints registers, code and its stack before it says that it panics. */
    private static final int MOST_UNPROVED = 200;

    @JsonCreator
    static Known of(
            LinePattern line,
            @Nullable List<LinePattern> also,
            @Nullable List<String> titles,
            @Nullable List<String> alternatives,
            PanicPattern.@Nullable Kind kind,
            @Nullable Boolean stack,
            @Nullable Boolean deadly,
            @Nullable Boolean inside,
            @Nullable List<LinePattern> proof,
            @Nullable Integer within,
            @Nullable Boolean swallows,
            @Nullable List<String> skip,
            @Nullable List<LinePattern> from,
            @Nullable String names) {
        return new Known(
                present(line, "line"),
                Family.list(also),
                Family.list(titles),
                Family.list(alternatives),
                kind == null ? PanicPattern.Kind.PANIC : kind,
                Boolean.TRUE.equals(stack),
                Boolean.TRUE.equals(deadly),
                Boolean.TRUE.equals(inside),
                Family.list(proof),
                within == null ? MOST_UNPROVED : within,
                Boolean.TRUE.equals(swallows),
                new Skip(Family.list(skip)),
                Family.list(from),
                names == null ? Stack.Choice.FIRST : Stack.Choice.valueOf(names.toUpperCase(Locale.ROOT)));
    }

    /** What a target adds. */
    static Known added(PanicPattern pattern) {
        List<String> titles = pattern.title().isEmpty() ? List.of() : List.of(pattern.title());
        return of(
                pattern.line(),
                null,
                titles,
                null,
                pattern.kind(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    boolean skips(String function) {
        return skip.has(function);
    }
}
