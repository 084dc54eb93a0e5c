package io.bohrwerk.emulator;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.List;

/**
 * Where in a batch its iterations passed, as well as a replay that was stopped again and again could see it.
 *
 * @param marks in the order of their instructions; the first at the batch's beginning, the last at its end, where all iterations count
 *     as passed
 * @param iterations executed in the batch, the failing one included
 */
public record Passes(List<Mark> marks, long iterations) {
    /**
     * A look at the console.
     *
     * @param instruction at which the replay was stopped
     * @param passed the last iteration that the agent had reported as passed by then; 0 for none
     */
    public record Mark(long instruction, long passed) {}

    /**
     * A part of a batch.
     *
     * @param fromIteration the first that lies in it as a whole
     * @param toIteration the last
     */
    public record Window(long fromInstruction, long toInstruction, long fromIteration, long toIteration) {}

    public Passes {
        InvalidInputException.require(
                marks.size() >= 2 && marks.get(marks.size() - 1).passed() == iterations,
                "marks",
                marks.size(),
                "must reach from the batch's beginning to its end");
        marks = List.copyOf(marks);
    }

    /**
     * The part that holds these iterations. It begins before the report that stands nearest before the first of them and ends after the one
     * nearest after the last: an agent that reports every 500 iterations is followed in steps of 500.
     *
     * @param from 1 or more
     * @param to not below {@code from}, and not above {@link #iterations}
     */
    public Window covering(long from, long to) {
        InvalidInputException.require(
                from >= 1 && from <= to && to <= iterations,
                "iterations",
                from + "-" + to,
                "must lie between 1 and " + iterations);
        int last = 0;
        while (marks.get(last + 1).passed() < from) {
            last++;
        }
        long reported = marks.get(last).passed();
        int seen = 0;
        while (marks.get(seen).passed() < reported) {
            seen++;
        }
        int end = last + 1;
        while (marks.get(end).passed() < to) {
            end++;
        }
        boolean atEnd = end == marks.size() - 1;
        return new Window(
                marks.get(Math.max(0, seen - 1)).instruction(), // the report lies between that look and the next
                atEnd ? Long.MAX_VALUE : marks.get(end).instruction(),
                reported + 1,
                marks.get(end).passed());
    }
}
