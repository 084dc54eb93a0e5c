package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a target's machine boots. Files are plain names inside the bundle.
 *
 * @param kernel null when the machine boots from a disk by its BIOS
 * @param append the kernel's command line; one line of printable ASCII, up to 2,000
 * @param disks up to four, of which the guest may write to one
 * @param symbols an ELF file with the kernel's symbol table, such as {@code vmlinux}, for a kernel without one. Its addresses must
 *     be those at which the kernel runs: Linux needs {@code nokaslr}
 */
public record TargetBoot(
        @Nullable String kernel,
        @Nullable String initrd,
        String append,
        List<Disk> disks,
        @Nullable String symbols) {
    /** The rule for the names of files. */
    static final String PLAIN =
            "must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100";

    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._,+@=-]{0,99}");
    private static final Pattern APPEND = Pattern.compile("[ -~]{0,2000}");
    /** What two IDE channels hold. */
    private static final int MOST_DISKS = 4;

    public TargetBoot {
        if (disks.isEmpty()) {
            present(kernel, "kernel");
        }
        if (kernel != null) {
            requireFile("kernel", kernel);
        } else {
            require(initrd == null, "initrd", String.valueOf(initrd), "needs a kernel, which loads it");
            require(append.isEmpty(), "append", append, "needs a kernel, which reads it");
        }
        if (initrd != null) {
            requireFile("initrd", initrd);
        }
        if (symbols != null) {
            requireFile("symbols", symbols);
        }
        require(APPEND.matcher(append).matches(), "append", append, "must be one line of printable ASCII, up to 2000");
        require(disks.size() <= MOST_DISKS, "disks", disks.size(), "must be at most " + MOST_DISKS);
        disks.forEach(disk -> present(disk, "disks"));
        require(
                disks.stream().filter(Disk::writable).count() <= 1,
                "disks",
                disks.stream().filter(Disk::writable).map(Disk::file).toList(),
                "must have at most one that is not of the format iso: what the guest writes is kept with the snapshot,"
                        + " in one image");
        require(
                disks.stream().map(Disk::file).distinct().count() == disks.size(),
                "disks",
                disks.stream().map(Disk::file).toList(),
                "must name each file once");
        disks = List.copyOf(disks);
    }

    @JsonCreator
    static TargetBoot of(
            @Nullable String kernel,
            @Nullable String initrd,
            @Nullable String append,
            @Nullable List<Disk> disks,
            @Nullable String symbols) {
        return new TargetBoot(kernel, initrd, append == null ? "" : append, disks == null ? List.of() : disks, symbols);
    }

    /** The disk that the guest may write to. */
    public Optional<Disk> writableDisk() {
        return disks.stream().filter(Disk::writable).findFirst();
    }

    /** Every file named here, in a fixed order. */
    public List<String> files() {
        List<String> files = new ArrayList<>();
        if (kernel != null) {
            files.add(kernel);
        }
        if (initrd != null) {
            files.add(initrd);
        }
        disks.forEach(disk -> files.add(disk.file()));
        if (symbols != null && !files.contains(symbols)) {
            files.add(symbols);
        }
        return files;
    }

    private static void requireFile(String field, String name) {
        require(isPlain(name) && !name.equals(TargetManifest.FILE_NAME), field, name, PLAIN);
    }

    /** Whether it names a file and nothing else: no folders, and no dot or dash in front. */
    static boolean isPlain(String name) {
        return FILE.matcher(name).matches();
    }
}
