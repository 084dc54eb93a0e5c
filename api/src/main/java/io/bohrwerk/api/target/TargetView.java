package io.bohrwerk.api.target;

import io.bohrwerk.api.check.CheckView;
import io.bohrwerk.api.check.TargetCheck;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.target.TargetManifest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target as the API shows it.
 *
 * @param repeatable whether two runs of one batch of it agree byte for byte; if not, failures replay from their recordings alone
 * @param check what its guest serves, as a check found; null when it was never checked
 */
record TargetView(
        Digest id,
        String name,
        TargetManifest manifest,
        boolean repeatable,
        List<FileView> files,
        long size,
        Instant createdAt,
        @Nullable CheckView check) {
    /** @param url its path on this server; stable */
    record FileView(String name, long size, Digest digest, String url) {}

    static TargetView from(Target target, @Nullable TargetCheck check) {
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
                target.createdAt(),
                check == null ? null : CheckView.from(check));
    }
}
