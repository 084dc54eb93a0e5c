package io.bohrwerk.api.target;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.data.domain.Limit;

/**
 * What stands for a target in an address or in a submission.
 *
 * @param digits the target's id, or at least its first 8 digits
 */
public record TargetReference(String digits) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{8,64}");

    public TargetReference {
        require(
                SHAPE.matcher(digits).matches(),
                "target",
                digits,
                "must be a target's id, or at least its first 8 digits");
    }

    /** The only target that this can mean; empty when there is none. */
    public Optional<Target> in(Targets targets) {
        List<Target> found = targets.startingWith(digits, Limit.of(2));
        require(found.size() <= 1, "target", digits, "must be more digits: several targets begin with these");
        return found.stream().findFirst();
    }
}
