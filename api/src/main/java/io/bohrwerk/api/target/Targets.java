package io.bohrwerk.api.target;

import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Targets extends JpaRepository<Target, String> {
    @Query("from Target where position < :below order by position desc")
    List<Target> below(long below, Limit limit);

    @Query("from Target where id like concat(:prefix, '%')")
    List<Target> startingWith(String prefix, Limit limit);
}
