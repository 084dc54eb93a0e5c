package io.bohrwerk.client;

import io.bohrwerk.protocol.target.TargetManifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The targets that travel with the emulator's code, and were built with it. */
public enum BundledTarget {
    /** A kernel whose debug register test fails once in some 20,000 runs. */
    RACE("x86-debug-register-race"),
    /** The same with a print before the race. */
    RACE_PRINT("x86-debug-register-race-print"),
    /** Planted races, to be found by strategies: {@code emulator/guest/races} tells what each is. */
    LOST_UPDATE("race-lost-update"),
    NESTED_INTERRUPT("race-nested-interrupt"),
    UNMASKED_WINDOW("race-unmasked-window"),
    DOUBLE_FETCH("race-double-fetch"),
    LOST_WAKEUP("race-lost-wakeup"),
    FORGOTTEN_FLAG("race-forgotten-flag"),
    STALE_DEBUG_REGISTER("race-stale-debug-register"),
    TORN_READ("race-torn-read");

    /** The race that people are shown first, and the planted ones, from frequent to rare. */
    public static final List<BundledTarget> RACES = List.of(
            LOST_UPDATE,
            NESTED_INTERRUPT,
            RACE,
            UNMASKED_WINDOW,
            DOUBLE_FETCH,
            LOST_WAKEUP,
            FORGOTTEN_FLAG,
            STALE_DEBUG_REGISTER,
            TORN_READ);

    private final String directory;

    BundledTarget(String directory) {
        this.directory = directory;
    }

    /** The target's name. */
    public String targetName() {
        return directory;
    }

    /** Writes the target's files into a directory below {@code parent}, over what is there, and returns that directory. */
    public Path writeTo(Path parent) throws IOException {
        Path target = Files.createDirectories(parent.resolve(directory));
        copy(TargetManifest.FILE_NAME, target);
        TargetManifest manifest = TargetManifest.parse(Files.readString(target.resolve(TargetManifest.FILE_NAME)));
        for (String file : manifest.boot().files()) {
            copy(file, target);
        }
        return target;
    }

    private void copy(String file, Path target) throws IOException {
        String resource = "/guest/" + directory + "/" + file;
        try (InputStream in = BundledTarget.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException("the class path has no " + resource);
            }
            Files.copy(in, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
