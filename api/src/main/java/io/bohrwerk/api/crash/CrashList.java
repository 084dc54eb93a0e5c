package io.bohrwerk.api.crash;

import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.web.SortedCursor;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Crashes in the order, and of the kind, that is asked for. A page costs the same wherever in the list it is. */
@Component
class CrashList {
    private final JdbcClient database;
    private final Crashes crashes;

    CrashList(JdbcClient database, Crashes crashes) {
        this.database = database;
        this.crashes = crashes;
    }

    /** What a list runs along; all of them downwards, but for the title. */
    enum Sort {
        CREATED("position"),
        LAST_SEEN("last_seen"),
        FIRST_SEEN("first_seen"),
        FAILURES("failures"),
        TITLE("title");

        private final String column;

        Sort(String column) {
            this.column = column;
        }

        private boolean down() {
            return this != TITLE;
        }

        private boolean time() {
            return this == LAST_SEEN || this == FIRST_SEEN;
        }

        /** As a cursor carries it; times in microseconds, which is how exactly they are kept. */
        private String text() {
            return time() ? "(extract(epoch from " + column + ") * 1000000)::bigint::text" : column + "::text";
        }

        private Object parameter(SortedCursor cursor) {
            if (time()) {
                return Instant.EPOCH.plus(cursor.number(), ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
            }
            return this == TITLE ? cursor.value() : cursor.number();
        }
    }

    private record Place(UUID id, String value, long position) {}

    /**
     * @param state null for all
     * @param target id of one that they were seen on; null for all
     * @param text part of a title, in any case; null for all
     */
    Page<Crash> page(
            Sort sort,
            @Nullable CrashState state,
            @Nullable String target,
            @Nullable String text,
            @Nullable Integer limit,
            @Nullable String cursor) {
        int size = Page.size(limit);
        InvalidInputException.require(
                target == null || target.isEmpty() || Digest.isOne(target),
                "target",
                String.valueOf(target),
                "must be the id of a target: 64 hexadecimal digits");
        // PostgreSQL knows no text with NUL in it.
        InvalidInputException.require(
                text == null || text.indexOf('\0') < 0, "text", String.valueOf(text), "must not have NUL in it");
        SortedCursor from = cursor == null || cursor.isEmpty() ? null : SortedCursor.parse(sort.name(), cursor);
        StringBuilder sql =
                new StringBuilder("select id, " + sort.text() + " as value, position from crashes where true");
        List<Object> parameters = new ArrayList<>();
        // As a range, and first in the order: so the index that begins with the state is read, and not all crashes in
        // the order until enough of the state were met.
        String columns = (state == null ? "" : "state, ") + sort.column + ", position";
        if (state != null) {
            sql.append(" and state >= ? and state <= ?");
            parameters.addAll(List.of(state.name(), state.name()));
        }
        if (text != null && !text.isBlank()) {
            sql.append(" and lower(title) like lower(?)");
            parameters.add("%" + text.strip().replaceAll("[\\\\%_]", "\\\\$0") + "%");
        }
        if (target != null && !target.isEmpty()) {
            sql.append(" and id in (select crash_id from crash_targets where target_id = ?)");
            parameters.add(target);
        }
        if (from != null) {
            sql.append(
                    " and (" + columns + ") " + (sort.down() ? "<" : ">") + (state == null ? " (?, ?)" : " (?, ?, ?)"));
            if (state != null) {
                parameters.add(state.name());
            }
            parameters.add(sort.parameter(from));
            parameters.add(from.position());
        }
        sql.append(" order by " + columns.replace(",", sort.down() ? " desc," : ",") + (sort.down() ? " desc" : ""));
        sql.append(" limit ?");
        parameters.add(size + 1);
        List<Place> places = database.sql(sql.toString())
                .params(parameters)
                .query((row, number) ->
                        new Place(row.getObject("id", UUID.class), row.getString("value"), row.getLong("position")))
                .list();
        List<Place> shown = places.subList(0, Math.min(size, places.size()));
        Map<UUID, Crash> found = crashes
                .findAllById(shown.stream().map(Place::id).toList())
                .stream()
                .collect(Collectors.toMap(Crash::id, Function.identity()));
        List<Crash> items = shown.stream().map(place -> found.get(place.id())).toList();
        if (places.size() <= size) {
            return new Page<>(items, null);
        }
        Place last = shown.get(size - 1);
        return new Page<>(items, new SortedCursor(sort.name(), last.value(), last.position()).text());
    }

    /** How many there are in each state. */
    Map<CrashState, Long> counts() {
        Map<CrashState, Long> counts = new EnumMap<>(CrashState.class);
        for (CrashState state : CrashState.values()) {
            counts.put(state, 0L);
        }
        database.sql("""
                select sum(crashes_open), sum(crashes_fixed), sum(crashes_invalid), sum(crashes_duplicate) from totals""").query(row -> {
            counts.put(CrashState.OPEN, row.getLong(1));
            counts.put(CrashState.FIXED, row.getLong(2));
            counts.put(CrashState.INVALID, row.getLong(3));
            counts.put(CrashState.DUPLICATE, row.getLong(4));
        });
        return counts;
    }
}
