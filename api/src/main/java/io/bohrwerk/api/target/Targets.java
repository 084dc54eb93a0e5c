package io.bohrwerk.api.target;

import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Targets extends JpaRepository<Target, String> {
    @Query("from Target where position < :below order by position desc")
    List<Target> below(long below, Limit limit);

    /** Held until the transaction ends, by who saves a target and by who deletes blobs. The number is any that nobody else takes. */
    @Query(nativeQuery = true, value = "select 1 from (select pg_advisory_xact_lock(7264001)) as locked")
    int lockBlobs();

    /** @param file as JSON: whether any target has one like it */
    @Query(nativeQuery = true, value = "select exists (select 1 from targets where files @> cast(:file as jsonb))")
    boolean haveFile(String file);

    /** A range, which is looked up in an index; a pattern would be held against all. "g" comes after all digits. */
    default List<Target> startingWith(String prefix, Limit limit) {
        return between(prefix, prefix + "g", limit);
    }

    @Query("from Target where id >= :from and id < :to")
    List<Target> between(String from, String to, Limit limit);
}
