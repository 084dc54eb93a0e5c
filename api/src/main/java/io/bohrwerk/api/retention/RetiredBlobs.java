package io.bohrwerk.api.retention;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.BlobStore.StoredBlob;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Blobs on their way out. Equal failures have equal bytes, so a blob whose row was taken away may be stored and reported again at any
 * moment: it is deleted only when nothing refers to it, and nobody has stored it, for the time of grace.
 */
@Component
class RetiredBlobs {
    private static final int ONE_ROUND = 500;

    private final JdbcClient database;
    private final BlobStore blobs;
    private final ApiProperties.Retention settings;

    RetiredBlobs(JdbcClient database, BlobStore blobs, ApiProperties properties) {
        this.database = database;
        this.blobs = blobs;
        this.settings = properties.retention();
    }

    /** Takes away the artifacts of a failure and of its replays, and remembers their blobs. In the caller's transaction. */
    void retire(UUID failure, Instant now) {
        database.sql("""
            with own as (delete from artifacts where failure_id = :failure returning digest, size),
                 of_replays as (delete from replay_artifacts
                     where replay_id in (select id from replays where failure_id = :failure) returning digest, size)
            insert into retired_blobs (digest, bytes, retired_at)
            select digest, max(size), :now from (select * from own union all select * from of_replays) as each
            group by digest
            on conflict (digest) do update set retired_at = excluded.retired_at""")
                .param("failure", failure)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        database.sql("update failures set artifacts_removed_at = ?, version = version + 1 where id = ?")
                .params(now.atOffset(ZoneOffset.UTC), failure)
                .update();
    }

    /** What a round deleted. */
    record Deleted(long blobs, long bytes) {}

    /** Deletes what has waited long enough, first from the store: what is deleted twice does no harm. */
    Deleted delete(Instant now) throws IOException {
        Instant before = now.minus(settings.grace());
        long count = 0;
        long bytes = 0;
        List<String> waited;
        do {
            waited = database.sql("""
                select digest from retired_blobs where retired_at <= ? order by retired_at limit ?""")
                    .params(before.atOffset(ZoneOffset.UTC), ONE_ROUND)
                    .query(String.class)
                    .list();
            for (String hex : waited) {
                Optional<StoredBlob> blob = blobs.find(new Digest(hex));
                if (blob.isPresent() && blob.get().storedAt().isAfter(before)) {
                    // Whoever stored it is going to report it, or leaves an orphan, which is looked at again.
                    database.sql("update retired_blobs set retired_at = ? where digest = ?")
                            .params(blob.get().storedAt().atOffset(ZoneOffset.UTC), hex)
                            .update();
                } else if (blob.isPresent() && !referred(hex)) {
                    blobs.delete(blob.get().digest());
                    count++;
                    bytes += blob.get().size();
                    forget(hex);
                } else {
                    forget(hex);
                }
            }
        } while (waited.size() == ONE_ROUND);
        return new Deleted(count, bytes);
    }

    private void forget(String hex) {
        database.sql("delete from retired_blobs where digest = ?").param(hex).update();
    }

    /** By an artifact that was stored again, by a target, or by a failure that ran from it. */
    private boolean referred(String hex) {
        return database.sql("""
            select exists (select 1 from artifacts where digest = :digest)
                or exists (select 1 from replay_artifacts where digest = :digest)
                or exists (select 1 from targets where id = :digest or files::text like '%' || :digest || '%')""").param("digest", hex).query(Boolean.class).single();
    }

    long waiting() {
        return database.sql("select count(*) from retired_blobs")
                .query(Long.class)
                .single();
    }
}
