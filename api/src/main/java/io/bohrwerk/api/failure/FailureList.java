package io.bohrwerk.api.failure;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Failures of the kind that is asked for, latest first. A page costs the same wherever in the list it is. */
@Component
class FailureList {
    private final JdbcClient database;
    private final Failures failures;

    FailureList(JdbcClient database, Failures failures) {
        this.database = database;
        this.failures = failures;
    }

    /**
     * What is asked for; null for all.
     *
     * @param text part of what the guest's kernel said, or of the reason where that said nothing; in any case
     */
    record Kind(
            @Nullable Outcome outcome,
            @Nullable ReplayVerdict replay,
            @Nullable String text) {
        Kind {
            // PostgreSQL knows no text with NUL in it.
            InvalidInputException.require(
                    text == null || text.indexOf('\0') < 0, "text", String.valueOf(text), "must not have NUL in it");
        }
    }

    List<Failure> below(Kind kind, long position, Limit limit) {
        List<String> columns = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        if (kind.outcome != null) {
            columns.add("outcome");
            values.add(kind.outcome.name());
        }
        if (kind.replay != null) {
            columns.add("replay");
            values.add(kind.replay.name());
        }
        StringBuilder sql = new StringBuilder("select id from failures where ");
        List<Object> parameters = new ArrayList<>();
        // As a range, and first in the order: so the index that begins with these columns is read, and not all failures
        // until enough of the kind were met.
        if (!columns.isEmpty()) {
            sql.append(row(columns)).append(" >= ").append(places(values.size()));
            sql.append(" and ");
            parameters.addAll(values);
        }
        columns.add("position");
        values.add(position);
        sql.append(row(columns)).append(" < ").append(places(values.size()));
        parameters.addAll(values);
        if (kind.text != null && !kind.text.isBlank()) {
            sql.append(" and lower(coalesce(title, reason)) like lower(?)");
            parameters.add("%" + kind.text.strip().replaceAll("[\\\\%_]", "\\\\$0") + "%");
        }
        sql.append(" order by ").append(String.join(" desc, ", columns)).append(" desc limit ?");
        parameters.add(limit.max());
        List<UUID> ids = database.sql(sql.toString())
                .params(parameters)
                .query(UUID.class)
                .list();
        return failures.findAllById(ids).stream()
                .sorted(Comparator.comparingLong(Failure::position).reversed())
                .toList();
    }

    private static String row(List<String> columns) {
        return "(" + String.join(", ", columns) + ")";
    }

    private static String places(int count) {
        return "(" + String.join(", ", Collections.nCopies(count, "?")) + ")";
    }
}
