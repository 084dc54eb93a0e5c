package io.bohrwerk.api.target;

import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.protocol.InvalidInputException;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Targets extends JpaRepository<Target, String> {
    @Query("from Target where position < :below order by position desc")
    List<Target> below(long below, Limit limit);

    @Query("from Target where id like concat(:prefix, '%')")
    List<Target> startingWith(String prefix, Limit limit);

    /** The target with this id, or the only one whose id begins with these digits. */
    default Target find(String idOrPrefix) {
        InvalidInputException.require(
                Prefix.SHAPE.matcher(idOrPrefix).matches(),
                "target",
                idOrPrefix,
                "must be a target's id, or at least its first 8 digits");
        List<Target> found = startingWith(idOrPrefix, Limit.of(2));
        if (found.isEmpty()) {
            throw new NotFoundException("target", idOrPrefix);
        }
        InvalidInputException.require(
                found.size() == 1, "target", idOrPrefix, "must be more digits: several targets begin with these");
        return found.get(0);
    }

    /** What may stand for a target. */
    final class Prefix {
        private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{8,64}");

        private Prefix() {}
    }
}
