package io.bohrwerk.blob;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rule for names that point to digests, the same in every store. */
final class Names {
    /** A store may keep a name as a path or as a key, whose parts end at 255 and whose whole ends at 1,024 bytes. */
    private static final int LONGEST = 500;

    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    private Names() {}

    /** Throws unless it is a name. None has a segment {@code .} or {@code ..}, so none leads elsewhere as a path. */
    static void require(String name) {
        InvalidInputException.require(
                name.length() <= LONGEST
                        && List.of(name.split("/", -1)).stream().allMatch(Names::valid),
                "name",
                name,
                "must be segments of letters, digits, dots, dashes and underscores, divided by /");
    }

    /**
     * The name as a relative path, {@code a/b/@c} for {@code a/b/c}. The sign, which no segment holds, lets {@code a/b} and
     * {@code a/b/c} go together where a path is a file or a directory: on disks, and in S3 services that keep objects on disks.
     */
    static String path(String name) {
        require(name);
        int last = name.lastIndexOf('/') + 1;
        return name.substring(0, last) + "@" + name.substring(last);
    }

    /** The name that {@link #path} made this path of, empty for any other path. */
    static Optional<String> ofPath(String path) {
        int last = path.lastIndexOf('/') + 1;
        if (!path.startsWith("@", last)) {
            return Optional.empty();
        }
        return Optional.of(path.substring(0, last) + path.substring(last + 1))
                .filter(name -> List.of(name.split("/", -1)).stream().allMatch(Names::valid));
    }

    private static boolean valid(String segment) {
        return SEGMENT.matcher(segment).matches() && !segment.equals(".") && !segment.equals("..");
    }
}
