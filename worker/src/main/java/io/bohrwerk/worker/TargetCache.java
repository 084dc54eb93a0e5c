package io.bohrwerk.worker;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Targets on this host's disk, from the blob store, every byte checked. */
final class TargetCache {
    /** A bundle names a handful of files, and a manifest is written by hand. */
    private static final int LARGEST_TEXT = 1 << 20;

    private final DiskCache cache;
    private final BlobFiles blobs;

    TargetCache(DiskCache cache, BlobFiles blobs) {
        this.cache = cache;
        this.blobs = blobs;
    }

    /** A target that stays on the disk while it is held. */
    record Target(Digest id, TargetFiles files, DiskCache.Held held) implements AutoCloseable {
        TargetManifest manifest() {
            return files.manifest();
        }

        @Override
        public void close() {
            held.close();
        }
    }

    /** @throws InfrastructureException of kind {@code TARGET_UNBOOTABLE} when what is stored is no target */
    Target hold(Digest id) throws IOException, InfrastructureException {
        DiskCache.Held held = cache.hold("target " + id, directory -> fetch(id, directory));
        try {
            return new Target(id, TargetFiles.in(held.directory()), held);
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private void fetch(Digest id, Path directory) throws IOException, InfrastructureException {
        for (Map.Entry<String, Digest> file : checkedBundle(id).files().entrySet()) {
            blobs.fetch(file.getValue(), directory.resolve(file.getKey()));
        }
    }

    /** The bundle, with exactly the names that its manifest allows: plain ones, none that leads out of the directory. */
    private TargetBundle checkedBundle(Digest id) throws IOException, InfrastructureException {
        byte[] text = blobs.fetchSmall(id, LARGEST_TEXT);
        try {
            TargetBundle bundle = TargetBundle.parse(text);
            Digest manifest = InvalidInputException.present(
                    bundle.files().get(TargetManifest.FILE_NAME), TargetManifest.FILE_NAME);
            byte[] yaml = blobs.fetchSmall(manifest, LARGEST_TEXT);
            return TargetBundle.of(TargetManifest.parse(new String(yaml, StandardCharsets.UTF_8)), bundle.files());
        } catch (InvalidInputException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.TARGET_UNBOOTABLE, "target " + id + " is broken: " + e.getMessage(), e);
        }
    }
}
