package io.bohrwerk.api.target;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.target.TargetManifest;
import java.time.Instant;
import java.util.List;

/**
 * A target as the API shows it.
 *
 * @param repeatable whether two runs of one batch of it agree byte for byte; if not, failures replay from their recordings alone
 */
record TargetView(
        Digest id,
        String name,
        TargetManifest manifest,
        boolean repeatable,
        List<FileView> files,
        long size,
        Instant createdAt) {
    /** @param url its path on this server; stable */
    record FileView(String name, long size, Digest digest, String url) {}

    static TargetView from(Target target) {
        return new TargetView(
                target.id(),
                target.name(),
                target.manifest(),
                target.manifest().repeatable(),
                target.files().stream()
                        .map(file -> new FileView(
                                file.name(),
                                file.size(),
                                file.digest(),
                                "/api/v1/targets/" + target.id() + "/files/" + file.name()))
                        .toList(),
                target.files().stream().mapToLong(Target.StoredFile::size).sum(),
                target.createdAt());
    }
}
