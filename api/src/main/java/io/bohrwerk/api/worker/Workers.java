package io.bohrwerk.api.worker;

import java.time.Instant;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface Workers extends JpaRepository<Worker, String> {
    @Query("from Worker where lastSeen >= :since")
    List<Worker> seenSince(Instant since);

    @Query("select cast(coalesce(sum(slots), 0) as int) from Worker where lastSeen >= :since")
    int slotsSince(Instant since);

    /** Workers are processes, of which there are few; those that are long gone are of no interest to anyone. */
    @Query("from Worker where lastSeen >= :since order by host, id limit 1000")
    List<Worker> listed(Instant since);
}
