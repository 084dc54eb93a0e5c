package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.Disk;
import io.bohrwerk.protocol.target.DiskHeader;
import io.bohrwerk.protocol.target.KernelImage;
import io.bohrwerk.protocol.target.TargetBoot;
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
        if (manifest.boot().kernel() != null) {
            try (InputStream kernel =
                    Files.newInputStream(directory.resolve(manifest.boot().kernel()))) {
                KernelImage.of(kernel.readNBytes(KERNEL_HEAD)).requireFit(manifest);
            }
        }
        TargetFiles target = new TargetFiles(manifest, directory);
        for (Disk disk : manifest.boot().disks()) {
            target.diskSize(disk);
        }
        return target;
    }

    /** The same files for a machine with a setting. */
    public TargetFiles under(@Nullable Setting setting) {
        return new TargetFiles(manifest.under(setting), directory);
    }

    /** Lends the files to a machine's emulator, under the names that QEMU's command line gives them: it may read them, and no more. */
    public void lendTo(Confinement.Cell cell) {
        TargetBoot boot = manifest.boot();
        lend(boot.kernel(), QemuCommandLine.KERNEL, cell);
        lend(boot.initrd(), QemuCommandLine.INITRD, cell);
        for (int i = 0; i < boot.disks().size(); i++) {
            lend(boot.disks().get(i).file(), QemuCommandLine.disk(i), cell);
        }
    }

    private void lend(@Nullable String file, String name, Confinement.Cell cell) {
        if (file != null) {
            cell.lend(name, directory.resolve(file));
        }
    }

    /** The size of a disk of the target's as the guest sees it, in bytes. */
    long diskSize(Disk disk) throws IOException {
        Path image = directory.resolve(disk.file());
        try (InputStream in = Files.newInputStream(image)) {
            return DiskHeader.check(disk, in, Files.size(image));
        }
    }
}
