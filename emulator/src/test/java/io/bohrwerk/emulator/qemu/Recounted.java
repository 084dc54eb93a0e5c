package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Snapshots as they would be after a longer boot, without waiting for one. */
public final class Recounted {
    private Recounted() {}

    /**
     * @param instruction the count that the snapshot was taken at
     * @return a copy with another count, at the same virtual time
     */
    public static Path copy(Path ready, long instruction, long other, int shift) throws IOException {
        Path copy = ready.resolveSibling("ready-" + other + ".qcow2");
        Files.copy(ready, copy, StandardCopyOption.REPLACE_EXISTING);
        StoredClock.recount(copy, instruction, other, shift);
        return copy;
    }
}
