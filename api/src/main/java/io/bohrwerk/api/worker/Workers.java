package io.bohrwerk.api.worker;

import java.time.Instant;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface Workers extends JpaRepository<Worker, String> {
    @Query("from Worker where lastSeen >= :since")
    List<Worker> seenSince(Instant since);

    /** Asked for with each report, so without what runs in them. */
    @Query("select new io.bohrwerk.api.worker.Fleet$Slots(cast(coalesce(sum(slots), 0) as int),"
            + " cast(coalesce(sum(case when (largestGuest is null or largestGuest >= :guest)"
            + " and (:several = false or severalCpus is not null)"
            + " and ((case when :several = true then severalCpus else emulator end) like :longer"
            + " or concat(replace((case when :several = true then severalCpus else emulator end), ';', ' '), ' ') like :release)"
            + " then slots else 0 end), 0) as int)) from Worker where lastSeen >= :since")
    Fleet.Slots slotsSince(Instant since, long guest, boolean several, String release, String longer);

    /** Workers are processes, of which there are few; those that are long gone are of no interest to anyone. */
    @Query("from Worker where lastSeen >= :since order by host, id limit 1000")
    List<Worker> listed(Instant since);
}
