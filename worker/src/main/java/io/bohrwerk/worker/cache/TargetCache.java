package io.bohrwerk.worker.cache;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * Targets on this host's disk, from the blob store, every byte checked. Each file is cached by its own digest, so targets that differ in
 * their manifest only share an image of gigabytes.
 */
public final class TargetCache {
    private static final Logger log = LoggerFactory.getLogger(TargetCache.class);
    /** A bundle names a handful of files, and a manifest is written by hand. */
    private static final int LARGEST_TEXT = 1 << 20;

    private static final String BUNDLE = "bundle";
    private static final String BLOB = "blob";

    private final DiskCache cache;
    private final BlobFiles blobs;

    public TargetCache(DiskCache cache, BlobFiles blobs) {
        this.cache = cache;
        this.blobs = blobs;
    }

    /**
     * A target that stays on the disk while it is held.
     *
     * @param files links to the cached ones, by the names that the manifest has for them
     * @param held what they lead to, and the directory that they lie in
     */
    public record Target(Digest id, TargetFiles files, List<DiskCache.Held> held) implements AutoCloseable {
        public TargetManifest manifest() {
            return files.manifest();
        }

        @Override
        public void close() {
            release(files.directory(), held);
        }
    }

    /**
     * A target for machines with a setting.
     *
     * @throws InfrastructureException as {@link #hold(Digest)}
     * @throws InvalidInputException when the target cannot run in such a machine
     */
    public Target hold(Digest id, @Nullable Setting setting) throws IOException, InfrastructureException {
        Target usual = hold(id);
        try {
            return new Target(id, usual.files().under(setting), usual.held());
        } catch (InvalidInputException e) {
            usual.close();
            throw e;
        }
    }

    /** @throws InfrastructureException of kind {@code TARGET_UNBOOTABLE} when what is stored is no target */
    public Target hold(Digest id) throws IOException, InfrastructureException {
        List<DiskCache.Held> held = new ArrayList<>();
        Path links = null;
        try {
            DiskCache.Held target = cache.hold(
                    "target " + id,
                    directory -> Files.write(
                            directory.resolve(BUNDLE), checkedBundle(id).text()));
            held.add(target);
            links = Files.createTempDirectory(target.directory(), "held-");
            TargetBundle bundle =
                    TargetBundle.parse(Files.readAllBytes(target.directory().resolve(BUNDLE)));
            for (Map.Entry<String, Digest> file : bundle.files().entrySet()) {
                DiskCache.Held blob = hold(file);
                held.add(blob);
                Files.createSymbolicLink(
                        links.resolve(file.getKey()), blob.directory().resolve(BLOB));
            }
            return new Target(id, TargetFiles.in(links), held);
        } catch (IOException | InfrastructureException | RuntimeException e) {
            release(links, held);
            throw e;
        }
    }

    private DiskCache.Held hold(Map.Entry<String, Digest> file) throws IOException, InfrastructureException {
        Digest digest = file.getValue();
        return cache.hold(
                "blob " + digest,
                blobs.store().size(digest).orElse(0),
                directory -> blobs.fetch(digest, directory.resolve(BLOB)));
    }

    /** Lets go in the opposite order: the directory with the links is the first that was held. */
    private static void release(@Nullable Path links, List<DiskCache.Held> held) {
        try {
            if (links != null) {
                FileSystemUtils.deleteRecursively(links);
            }
        } catch (IOException e) {
            log.warn("cannot take away {}: {}", links, e.toString()); // it goes with its entry
        }
        for (int i = held.size() - 1; i >= 0; i--) {
            held.get(i).close();
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
