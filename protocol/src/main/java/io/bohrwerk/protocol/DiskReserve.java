package io.bohrwerk.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Room that is left on a disk for those who cannot wait: a database and a broker that write what they have promised to keep. Whoever can wait
 * begins nothing new while there is less.
 *
 * @param directory on the disk; it need not be there yet
 * @param leastFree bytes; 0 for none
 */
public record DiskReserve(Path directory, long leastFree) {
    private static final long MEBIBYTE = 1 << 20;

    public DiskReserve {
        InvalidInputException.require(leastFree >= 0, "leastFree", leastFree, "must not be negative");
        directory = directory.toAbsolutePath();
    }

    /** What is wrong, one line for people; empty while there is room, and where nobody can tell. */
    public Optional<String> shortage() {
        Path there = directory;
        for (Path above = there.getParent(); above != null && !Files.isDirectory(there); above = there.getParent()) {
            there = above;
        }
        long free;
        try {
            free = Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            return Optional.empty();
        }
        return free >= leastFree
                ? Optional.empty()
                : Optional.of("the disk at " + directory + " has " + free / MEBIBYTE + " MiB left, fewer than the "
                        + leastFree / MEBIBYTE + " MiB to be kept free");
    }
}
