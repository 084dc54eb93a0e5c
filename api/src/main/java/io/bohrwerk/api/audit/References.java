package io.bohrwerk.api.audit;

import io.bohrwerk.protocol.Digest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the database says about the blob store. A reference takes some 200 bytes of memory. */
@Component
class References {
    /** @param size in bytes, negative where the row does not say */
    record Reference(String subject, long size) {}

    private record Column(String table, String name) {
        String quoted() {
            return "\"" + name + "\"";
        }
    }

    private final JdbcClient database;

    References(JdbcClient database) {
        this.database = database;
    }

    /** Blobs that must be there: targets with their files, and every table with the columns {@code digest} and {@code size}. */
    Map<Digest, Reference> required() {
        Map<Digest, Reference> required = new HashMap<>();
        collect("select id, 'target ' || name, -1 from targets", required);
        collect("""
                select file ->> 'digest', 'target ' || t.name || ', ' || (file ->> 'name'), (file ->> 'size')::bigint
                from targets t cross join lateral jsonb_array_elements(t.files) as file""", required);
        for (String table : database.sql("""
                select table_name from information_schema.columns
                where table_schema = current_schema() and column_name in ('digest', 'size')
                group by table_name having count(*) = 2""").query(String.class).list()) {
            collect(
                    "select digest, '" + table + " ' || digest, size from \"" + table + "\" where digest is not null",
                    required);
        }
        return required;
    }

    private void collect(String query, Map<Digest, Reference> into) {
        database.sql(query)
                .query((row, number) ->
                        Map.entry(new Digest(row.getString(1)), new Reference(row.getString(2), row.getLong(3))))
                .list()
                .forEach(each -> into.put(each.getKey(), each.getValue()));
    }

    /**
     * Everything that looks like a digest, in any text or JSON of any table: what a blob must not be called to be an orphan. Wider than
     * {@link #required} on purpose: whoever adds a table need not think of the audit, and nothing of theirs is deleted. The audit trail is history, and needs no blob.
     */
    Set<Digest> mentioned() {
        List<Column> columns = database.sql("""
                select table_name, column_name from information_schema.columns
                where table_schema = current_schema() and data_type in ('text', 'jsonb') and table_name <> 'trail'""")
                .query((row, number) -> new Column(row.getString(1), row.getString(2)))
                .list();
        Set<Digest> mentioned = new HashSet<>();
        for (Column column : columns) {
            database.sql("select distinct (regexp_matches(" + column.quoted()
                            + "::text, '[0-9a-f]{64}', 'g'))[1] from \"" + column.table() + "\"")
                    .query(String.class)
                    .list()
                    .forEach(hex -> mentioned.add(new Digest(hex)));
        }
        return mentioned;
    }
}
