package io.bohrwerk.api.trail;

import io.bohrwerk.api.web.Page;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of the audit trail. Nothing but its retention removes any. */
@Component
public class Trail {
    private final JdbcClient database;

    Trail(JdbcClient database) {
        this.database = database;
    }

    /**
     * An act as the API shows it.
     *
     * @param act {@code jobs.cancel}, {@code tokens.delete} and so on
     * @param subject id of what it was done to or of what it made; null where that is no one thing
     * @param caller the name of the token, or of the OIDC issuer's user; {@code everyone} where no authentication is configured
     * @param callerId {@code token:ID}, or {@code oidc:ISSUER SUBJECT}; null for everyone
     * @param address that the request came from
     * @param detail the request's document, or its query; long ones are cut
     * @param status what the caller was answered; null when the process died before
     */
    record Entry(
            Instant at,
            String act,
            @Nullable String subject,
            String caller,
            @Nullable String callerId,
            String address,
            @Nullable String detail,
            @Nullable Integer status) {}

    /** Null for all. @param act a whole name, or its first part: {@code jobs} @param since inclusive @param until exclusive */
    record Filter(
            @Nullable String act,
            @Nullable String subject,
            @Nullable String caller,
            @Nullable Instant since,
            @Nullable Instant until) {}

    private record Row(Entry entry, long position) {}

    /** In the transaction that goes on, if any. @return its position */
    long add(Act act) {
        return database.sql("""
                insert into trail (at, act, subject, caller, caller_id, address, detail)
                values (?, ?, ?, ?, ?, ?, ?) returning position""")
                .param(act.at().atOffset(ZoneOffset.UTC))
                .param(act.name())
                .param(act.subject())
                .param(act.caller())
                .param(act.callerId())
                .param(act.address())
                .param(act.detail())
                .query(Long.class)
                .single();
    }

    /** @param made id of what the act made; null for nothing */
    void answered(long position, int status, @Nullable String made) {
        database.sql("update trail set status = ?, subject = coalesce(subject, ?) where position = ?")
                .params(status, made, position)
                .update();
    }

    /** Latest first. @param limit and {@code cursor} as the client gave them */
    Page<Entry> page(Filter filter, @Nullable Integer limit, @Nullable String cursor) {
        return Page.of(limit, cursor, (below, most) -> below(filter, below, most.max()), Row::position)
                .map(Row::entry);
    }

    private List<Row> below(Filter filter, long position, int most) {
        String sql = "select * from trail where position < :below";
        if (filter.act() != null) {
            sql += filter.act().indexOf('.') < 0 ? " and act like :act || '.%'" : " and act = :act";
        }
        sql += (filter.subject() == null ? "" : " and subject = :subject")
                + (filter.caller() == null ? "" : " and caller = :caller")
                + (filter.since() == null ? "" : " and at >= :since")
                + (filter.until() == null ? "" : " and at < :until");
        return database.sql(sql + " order by position desc limit :most")
                .param("below", position)
                .param("act", filter.act())
                .param("subject", filter.subject())
                .param("caller", filter.caller())
                .param("since", filter.since() == null ? null : filter.since().atOffset(ZoneOffset.UTC))
                .param("until", filter.until() == null ? null : filter.until().atOffset(ZoneOffset.UTC))
                .param("most", most)
                .query((row, number) -> new Row(
                        new Entry(
                                row.getTimestamp("at").toInstant(),
                                row.getString("act"),
                                row.getString("subject"),
                                row.getString("caller"),
                                row.getString("caller_id"),
                                row.getString("address"),
                                row.getString("detail"),
                                row.getObject("status", Integer.class)),
                        row.getLong("position")))
                .list();
    }

    /** Removes what is older. @return how many entries */
    public int forget(Instant before) {
        return database.sql("delete from trail where at < ?")
                .param(before.atOffset(ZoneOffset.UTC))
                .update();
    }
}
