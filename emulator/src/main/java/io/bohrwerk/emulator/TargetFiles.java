package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.target.Disk;
import io.bohrwerk.protocol.target.DiskHeader;
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

    /** @throws InvalidInputException when the manifest is not valid or a file is missing */
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
        for (Disk disk : manifest.boot().disks()) {
            Path image = directory.resolve(disk.file());
            try (InputStream in = Files.newInputStream(image)) {
                DiskHeader.check(disk, in, Files.size(image));
            }
        }
        return new TargetFiles(manifest, directory);
    }

    /**
     * Puts links to the files into a machine's directory, under the names that QEMU's command line gives them. That way the emulator
     * finds them, and opens disk images for reading only.
     */
    public void linkInto(Path machine) throws IOException {
        TargetManifest.Boot boot = manifest.boot();
        link(boot.kernel(), machine.resolve(QemuCommandLine.KERNEL));
        link(boot.initrd(), machine.resolve(QemuCommandLine.INITRD));
        for (int i = 0; i < boot.disks().size(); i++) {
            link(boot.disks().get(i).file(), machine.resolve(QemuCommandLine.disk(i)));
        }
    }

    private void link(@Nullable String file, Path link) throws IOException {
        if (file != null) {
            Files.createSymbolicLink(link, directory.resolve(file).toAbsolutePath());
        }
    }
}
