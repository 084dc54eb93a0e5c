package io.bohrwerk.emulator;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.KernelImage;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A target on this host's disk.
 *
 * @param directory holds the files that the manifest names
 */
public record TargetFiles(TargetManifest manifest, Path directory) {
    private static final long LARGEST_MANIFEST = 1 << 20;

    private static final int KERNEL_HEAD = 4 << 10;

    /** @throws InvalidInputException when the manifest is not valid, a file is missing, or the kernel is for another processor */
    public static TargetFiles in(Path directory) throws IOException {
        Path file = directory.resolve(TargetManifest.FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(TargetManifest.FILE_NAME, directory, "has no such file");
        }
        InvalidInputException.require(
                Files.size(file) <= LARGEST_MANIFEST,
                TargetManifest.FILE_NAME,
                Files.size(file),
                "must be at most 1 MiB");
        TargetManifest manifest = TargetManifest.parse(Files.readString(file));
        for (String name : manifest.boot().files()) {
            InvalidInputException.require(
                    Files.isRegularFile(directory.resolve(name)),
                    "boot",
                    name,
                    "is named in the manifest but is not in " + directory);
        }
        try (InputStream kernel =
                Files.newInputStream(directory.resolve(manifest.boot().kernel()))) {
            KernelImage.of(kernel.readNBytes(KERNEL_HEAD)).requireFit(manifest);
        }
        return new TargetFiles(manifest, directory);
    }

    /** The same files for a machine with a setting. */
    public TargetFiles under(@Nullable Setting setting) {
        return new TargetFiles(manifest.under(setting), directory);
    }

    Path kernel() {
        return directory.resolve(manifest.boot().kernel());
    }
}
