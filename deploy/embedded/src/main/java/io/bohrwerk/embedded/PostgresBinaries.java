package io.bohrwerk.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked from the class path once for each directory. Only their owner can change them. */
final class PostgresBinaries {
    /** Of the server, and so of the data directories that it can read. */
    static final String MAJOR = "18";

    private PostgresBinaries() {}

    /** Unpacks them into the directory, unless it is there. An unpacking that was cut short is begun anew. */
    static void unpack(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path part = directory.resolveSibling(directory.getFileName() + ".part");
        Trees.delete(part);
        Files.createDirectory(part);
        try (InputStream packed = open();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = part.resolve(entry.getName()).normalize();
                if (!file.startsWith(part)) {
                    throw new IOException("the archive of PostgreSQL names a file outside itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
        Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE);
    }

    private static InputStream open() throws IOException {
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String name = "/postgres-linux-" + (machine.equals("aarch64") ? "arm_64" : "x86_64") + ".txz";
        InputStream packed = PostgresBinaries.class.getResourceAsStream(name);
        if (packed == null) {
            throw new IOException("this build has no PostgreSQL for " + machine + " (" + name + " is not on the class"
                    + " path); use one of your own by spring.datasource.url");
        }
        return packed;
    }
}
