package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The list of a target's files with their digests, and thereby the target's identity: its id is the digest of this list's text, which
 * is itself stored as a blob. So an id is all that a worker needs to fetch a target and to check every byte of it.
 *
 * <p>The text is what {@code sha256sum} prints and checks: digest, two spaces, name, newline; sorted by name.
 *
 * @param files digest of each file by its plain name, the manifest among them
 */
public record TargetBundle(SortedMap<String, Digest> files) {
    public TargetBundle {
        // A bundle may come from a store, and its names become paths: they are checked here again.
        for (String file : files.keySet()) {
            require(TargetBoot.isPlain(file), "files", file, TargetBoot.PLAIN);
        }
        require(
                files.containsKey(TargetManifest.FILE_NAME),
                "",
                files.keySet(),
                "must contain " + TargetManifest.FILE_NAME);
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /** The bundle of a manifest; {@code digests} must hold exactly the manifest and the files it names. */
    public static TargetBundle of(TargetManifest manifest, Map<String, Digest> digests) {
        for (String file : manifest.boot().files()) {
            require(
                    digests.containsKey(file),
                    "boot",
                    file,
                    "is named in " + TargetManifest.FILE_NAME + " but is not in the bundle");
        }
        for (String file : digests.keySet()) {
            require(
                    file.equals(TargetManifest.FILE_NAME)
                            || manifest.boot().files().contains(file),
                    "files",
                    file,
                    "is in the bundle but is not named in " + TargetManifest.FILE_NAME);
        }
        return new TargetBundle(new TreeMap<>(digests));
    }

    /** @throws InvalidInputException when the text is no such list */
    public static TargetBundle parse(byte[] text) {
        SortedMap<String, Digest> files = new TreeMap<>();
        for (String line : new String(text, StandardCharsets.UTF_8).split("\n")) {
            String[] parts = line.split("  ", 2);
            require(parts.length == 2, "", line, "must be a digest, two spaces and a name");
            require(files.put(parts[1], new Digest(parts[0])) == null, "", parts[1], "is listed twice");
        }
        return new TargetBundle(files);
    }

    /** The list's text. */
    public byte[] text() {
        return files.entrySet().stream()
                .map(file -> file.getValue() + "  " + file.getKey() + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The target's id. */
    public Digest id() {
        return Digest.of(text());
    }
}
