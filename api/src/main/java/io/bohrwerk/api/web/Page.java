package io.bohrwerk.api.web;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;

/**
 * One page of a list, newest first.
 *
 * @param next the cursor of the page after this one; null on the last
 */
public record Page<T>(List<T> items, @Nullable String next) {
    private static final int DEFAULT_LIMIT = 50;
    private static final int LARGEST_LIMIT = 500;

    /** Reads what lies below a position, newest first. */
    @FunctionalInterface
    public interface Source<E> {
        List<E> below(long position, Limit limit);
    }

    /**
     * @param limit as the client gave it
     * @param cursor as the client gave it
     * @param position an entity's place in the list
     */
    public static <E> Page<E> of(
            @Nullable Integer limit, @Nullable String cursor, Source<E> source, ToLongFunction<E> position) {
        int size = size(limit);
        // One more than asked for tells whether there is a next page.
        List<E> found = source.below(Cursor.parse(cursor).position(), Limit.of(size + 1));
        if (found.size() <= size) {
            return new Page<>(found, null);
        }
        List<E> items = found.subList(0, size);
        return new Page<>(items, new Cursor(position.applyAsLong(items.get(size - 1))).text());
    }

    /** @param limit as the client gave it */
    public static int size(@Nullable Integer limit) {
        int size = limit == null ? DEFAULT_LIMIT : limit;
        InvalidInputException.require(
                size >= 1 && size <= LARGEST_LIMIT, "limit", size, "must be between 1 and " + LARGEST_LIMIT);
        return size;
    }

    public <R> Page<R> map(Function<? super T, ? extends R> view) {
        return new Page<>(items.stream().<R>map(view).toList(), next);
    }
}
