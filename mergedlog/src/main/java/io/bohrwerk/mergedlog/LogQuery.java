package io.bohrwerk.mergedlog;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A question to a merged log: which entries, and how many. What is null or empty does not restrict.
 *
 * @param from number of the first entry that is looked at; null for the first in the direction
 * @param limit most entries in the answer, 1 to 1,000
 * @param backward whether to look towards the beginning
 * @param kinds entries of one of these kinds
 * @param vectors interrupts and exceptions of one of these
 * @param iteration entries that can be of this iteration: where the guest reports rarely, each can be of several
 * @param text entries in which this stands, letter for letter, up to 200 characters; a guest's line is whole for this, whatever was
 *     logged in its midst
 * @param repeated whether only traps that repeat an earlier one of their iteration
 */
public record LogQuery(
        @Nullable Long from,
        int limit,
        boolean backward,
        Set<LogKind> kinds,
        Set<Integer> vectors,
        @Nullable Long iteration,
        @Nullable String text,
        boolean repeated) {
    public static final int DEFAULT_LIMIT = 200;
    public static final int LARGEST_LIMIT = 1000;
    private static final int LONGEST_TEXT = 200;
    private static final int LAST_VECTOR = 255;

    public LogQuery {
        require(from == null || from >= 0, "from", String.valueOf(from), "must not be negative");
        require(limit >= 1 && limit <= LARGEST_LIMIT, "limit", limit, "must be between 1 and " + LARGEST_LIMIT);
        for (int vector : vectors) {
            require(vector >= 0 && vector <= LAST_VECTOR, "vector", vector, "must be between 0 and " + LAST_VECTOR);
        }
        require(iteration == null || iteration >= 1, "iteration", String.valueOf(iteration), "must be at least 1");
        require(
                text == null || text.length() <= LONGEST_TEXT,
                "text",
                String.valueOf(text),
                "must be at most " + LONGEST_TEXT + " characters long");
        kinds = Set.copyOf(kinds);
        vectors = Set.copyOf(vectors);
        text = text == null || text.isEmpty() ? null : text;
    }

    /** All entries from one on. */
    public static LogQuery from(long number, int limit) {
        return new LogQuery(number, limit, false, Set.of(), Set.of(), null, null, false);
    }

    /** The entries up to one, that one included. */
    public static LogQuery before(long number, int limit) {
        return new LogQuery(number, limit, true, Set.of(), Set.of(), null, null, false);
    }

    /** Whether a block can hold an answer. */
    boolean mayBeIn(IndexDirectory.Block block) {
        if (repeated && !block.repeats()) {
            return false;
        }
        if (!kinds.isEmpty() && kinds.stream().noneMatch(kind -> (block.kinds() & 1 << kind.ordinal()) != 0)) {
            return false;
        }
        return vectors.isEmpty() || vectors.stream().anyMatch(block::hasVector);
    }

    /** Whether a row matches, the text apart. */
    boolean matches(IndexBlock block, int row) {
        return (!repeated || block.repeats(row))
                && (kinds.isEmpty() || kinds.contains(block.shape(row).kind()))
                && (vectors.isEmpty() || block.vector(row) >= 0 && vectors.contains(block.vector(row)));
    }
}
