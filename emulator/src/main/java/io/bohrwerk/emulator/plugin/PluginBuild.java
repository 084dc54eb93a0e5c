package io.bohrwerk.emulator.plugin;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;

/** The plugin's builds, one for each version of QEMU's plugin API that a build must be made for. */
public enum PluginBuild {
    /** QEMU 7.2 to 8.2, which accept API versions 0 to 1. */
    API_1(1, 1),
    /** QEMU 9.1 to 11.0: 9.1 accepts 2 to 3, 10.0 accepts 2 to 4. */
    API_3(3, 6),
    /** QEMU 11.1, which accepts 7 only. */
    API_7(7, Integer.MAX_VALUE);

    private final int from;
    private final int to;

    PluginBuild(int from, int to) {
        this.from = from;
        this.to = to;
    }

    /**
     * The build for an emulator.
     *
     * @param newest version of the plugin API that the emulator accepts
     * @return empty when none fits: 0 (no plugins), and 2 (QEMU 9.0)
     */
    public static Optional<PluginBuild> of(int newest) {
        return Arrays.stream(values())
                .filter(build -> newest >= build.from && newest <= build.to)
                .findFirst();
    }

    /** Writes the build into a directory, readable by everyone: emulators run as users of their own. */
    public Path extract(Path directory) throws IOException {
        String name = "api-" + this.name().substring("API_".length()) + ".so";
        Path file = directory.resolve(name);
        try (InputStream in = PluginBuild.class.getResourceAsStream("/plugin/" + name)) {
            if (in == null) {
                throw new FileNotFoundException("the class path has no /plugin/" + name);
            }
            Files.copy(in, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }
}
