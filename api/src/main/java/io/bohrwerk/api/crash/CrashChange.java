package io.bohrwerk.api.crash;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** A line of a crash's history. @param note a person's words; may be empty */
record CrashChange(Kind kind, String before, String after, String note, Instant at) {
    enum Kind {
        RENAMED,
        MARKED,
        /** It was marked as fixed, and failed again. */
        CAME_BACK,
        /** Two became one. */
        MERGED,
        /** Some failures, or a signature with its failures, went to another one. */
        SPLIT
    }

    /** The histories of all crashes. */
    @Component
    static class History {
        /** People's decisions are few; a history that is longer is somebody's script. */
        private static final int LONGEST = 500;

        private final JdbcClient database;

        History(JdbcClient database) {
            this.database = database;
        }

        void add(UUID crash, CrashChange change) {
            database.sql(
                            "insert into crash_changes (crash_id, kind, before, after, note, at) values (?, ?, ?, ?, ?, ?)")
                    .param(crash)
                    .param(change.kind().name())
                    .param(change.before())
                    .param(change.after())
                    .param(change.note())
                    .param(change.at().atOffset(ZoneOffset.UTC))
                    .update();
        }

        /** Latest first. */
        List<CrashChange> of(UUID crash) {
            return database.sql("select kind, before, after, note, at from crash_changes where crash_id = ?"
                            + " order by id desc limit " + LONGEST)
                    .param(crash)
                    .query((row, number) -> new CrashChange(
                            Kind.valueOf(row.getString("kind")),
                            row.getString("before"),
                            row.getString("after"),
                            row.getString("note"),
                            row.getTimestamp("at").toInstant()))
                    .list();
        }
    }
}
