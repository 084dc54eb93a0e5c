package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the instruction at which the agent's report of an iteration is complete. */
final class IterationSearch {
    private static final Pattern PASS = Pattern.compile("@bw pass (\\d+)\\r?\\n");
    /** A stretch is cut into so many parts, again and again, until parts are single instructions. */
    private static final int PARTS = 32;

    private final Timeline timeline;

    IterationSearch(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * @param icount right after the report; the first instruction when there was none before
     * @param reported the iteration that was reported, 0 when none
     */
    record Place(long icount, long reported) {}

    /** Where the last report before an iteration was complete. */
    Place before(long iteration, Budget budget) throws InfrastructureException {
        long failing = timeline.failure().iteration();
        InvalidInputException.require(
                iteration >= 1 && iteration <= failing,
                "iteration",
                iteration,
                "must be from 1 to " + failing + ", the one that failed");
        long every = timeline.failure().reportEvery();
        long wanted = (iteration - 1) / every * every;
        if (wanted == 0) {
            return new Place(timeline.first(), 0);
        }
        long from = timeline.first();
        long to = timeline.last();
        String before = ""; // the unfinished line at 'from'
        while (to - from > 1) {
            long length = Math.max(1, (to - from + PARTS - 1) / PARTS);
            Replay replay = timeline.land(from, budget);
            try {
                String skipped = replay.console();
                String seen = before;
                long at = from;
                while (at < to) {
                    budget.check("the search");
                    long next = Math.min(to, at + length);
                    replay.runTo(next, budget);
                    String said = before + replay.console().substring(skipped.length());
                    if (reports(said, wanted)) {
                        break;
                    }
                    seen = said;
                    at = next;
                }
                if (at >= to) {
                    throw new InvalidInputException(
                            "iteration",
                            iteration,
                            "cannot be found: there is no report of iteration " + wanted + " after instruction "
                                    + timeline.first());
                }
                before = seen.substring(seen.lastIndexOf('\n') + 1);
                from = at;
                to = Math.min(to, at + length);
            } finally {
                replay.close();
            }
        }
        return new Place(to, wanted);
    }

    private static boolean reports(String text, long wanted) {
        Matcher matcher = PASS.matcher(text);
        while (matcher.find()) {
            if (Long.parseLong(matcher.group(1)) >= wanted) {
                return true;
            }
        }
        return false;
    }
}
