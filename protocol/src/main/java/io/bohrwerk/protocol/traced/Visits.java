package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.require;

/**
 * When a place was executed.
 *
 * @param count how often; at least 1
 * @param first offset of the first time
 * @param second offset of the second time; the first again when there was none
 * @param last offset of the last time
 */
public record Visits(long count, int first, int second, int last) {
    public Visits {
        require(count >= 1, "count", count, "must be at least 1");
        require(first >= 0, "first", first, "must not be negative");
        require(second >= first && last >= second, "second", second, "must be between the first and the last");
    }

    public static Visits once(int offset) {
        return new Visits(1, offset, offset, offset);
    }

    /** The offset of a turn, -1 when there was no such turn, or it is another turn as well. */
    int offset(Turn turn) {
        return switch (turn) {
            case FIRST -> first;
            case SECOND -> count > 1 ? second : -1;
            case LAST -> count > 2 && last > second ? last : -1;
        };
    }

    /** The same place in two rows: executions of both. */
    public Visits and(Visits other) {
        Visits early = first <= other.first ? this : other;
        Visits late = early == this ? other : this;
        int next = early.count > 1 ? Math.min(early.second, late.first) : late.first;
        return new Visits(count + other.count, early.first, next, Math.max(last, other.last));
    }

    /** Which execution. */
    enum Turn {
        FIRST,
        SECOND,
        LAST
    }
}
