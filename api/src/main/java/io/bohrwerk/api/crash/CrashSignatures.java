package io.bohrwerk.api.crash;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which signatures lead to which crash, and which crashes have a stack's frame near its top. */
@Component
class CrashSignatures {
    /** What a page shows of a crash; a crash with more was merged by a script. */
    private static final int MOST_SHOWN = 100;
    /** Crashes looked at for one that is alike: a frame that more have in common says nothing. */
    private static final int MOST_CANDIDATES = 200;

    private final JdbcClient database;

    CrashSignatures(JdbcClient database) {
        this.database = database;
    }

    Optional<UUID> crash(String signature) {
        return database.sql("select crash_id from crash_signatures where signature = ?")
                .param(signature)
                .query(UUID.class)
                .optional();
    }

    /** The crash that the first known one of several leads to. */
    Optional<UUID> any(List<String> signatures) {
        return signatures.stream().map(this::crash).flatMap(Optional::stream).findFirst();
    }

    /** Lets signatures lead to a crash, where they lead to none. Sorted: two who write the same ones must not wait for each other. */
    void add(SortedSet<String> signatures, UUID crash) {
        for (String signature : signatures) {
            database.sql("insert into crash_signatures (signature, crash_id) values (?, ?) on conflict do nothing")
                    .params(signature, crash)
                    .update();
        }
    }

    /** Lets a signature lead to the crash that was founded by it, unless it leads somewhere. */
    void found(String signature) {
        database.sql("insert into crash_signatures (signature, crash_id) select signature, id from crashes"
                        + " where signature = ? on conflict do nothing")
                .param(signature)
                .update();
    }

    /** All that lead to a crash, as far as a page shows them. */
    List<String> of(UUID crash) {
        return database.sql("select signature from crash_signatures where crash_id = ? order by signature limit "
                        + MOST_SHOWN)
                .param(crash)
                .query(String.class)
                .list();
    }

    long count(UUID crash) {
        return database.sql("select count(*) from crash_signatures where crash_id = ?")
                .param(crash)
                .query(Long.class)
                .single();
    }

    void move(UUID from, UUID to) {
        database.sql("update crash_signatures set crash_id = ? where crash_id = ?")
                .params(to, from)
                .update();
    }

    void move(String signature, UUID to) {
        database.sql("update crash_signatures set crash_id = ? where signature = ?")
                .params(to, signature)
                .update();
    }

    void addFrames(UUID crash, List<String> frames) {
        for (String frame : frames) {
            database.sql("insert into crash_frames (frame, crash_id) values (?, ?) on conflict do nothing")
                    .params(frame, crash)
                    .update();
        }
    }

    /** Other crashes that have one of these frames near the top of their stacks. */
    List<UUID> withFrames(UUID crash, List<String> frames) {
        return frames.isEmpty()
                ? List.of()
                : database.sql("""
                        select f.crash_id from crash_frames f join crashes c on c.id = f.crash_id
                        where f.frame in (:frames) and f.crash_id <> :crash and not c.merged
                        group by f.crash_id order by count(*) desc, f.crash_id limit :most""")
                        .param("frames", frames)
                        .param("crash", crash)
                        .param("most", MOST_CANDIDATES)
                        .query(UUID.class)
                        .list();
    }
}
