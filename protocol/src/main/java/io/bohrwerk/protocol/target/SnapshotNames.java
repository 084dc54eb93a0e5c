package io.bohrwerk.protocol.target;

import io.bohrwerk.protocol.Digest;

/** What the blob store calls the snapshots of targets: workers make them, and they go with their target. */
public final class SnapshotNames {
    private SnapshotNames() {}

    /**
     * All snapshots of a target have names below this one; it ends with {@code /}.
     *
     * @param target the target's id
     */
    public static String of(Digest target) {
        return "snapshots/" + target + "/";
    }
}
