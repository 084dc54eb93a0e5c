package io.bohrwerk.api.upload;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.Digest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file to be sent. What it is called says all of it, so whoever sends the same file finds the same upload, also after a restart of either
 * side.
 *
 * @param digest of the whole file
 * @param length of the whole file, in bytes
 */
record Upload(Digest digest, long length) {
    private static final Pattern ID = Pattern.compile("([0-9a-f]{64})-([1-9][0-9]{0,17})");

    /** Its name in addresses, and its file's. */
    String id() {
        return digest.hex() + "-" + length;
    }

    static Upload ofId(String id) {
        Matcher parts = ID.matcher(id);
        require(parts.matches(), "upload", id, "must be the last part of the Location that POST /api/v1/uploads gave");
        return new Upload(new Digest(parts.group(1)), Long.parseLong(parts.group(2)));
    }
}
