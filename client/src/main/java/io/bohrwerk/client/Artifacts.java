package io.bohrwerk.client;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Fetches what was kept of a failure. */
public final class Artifacts {
    private Artifacts() {}

    /**
     * Downloads all artifacts of a failure. Files that are there already, whole, are not fetched again.
     *
     * @return the files, by kind; kinds that were not kept are missing
     */
    public static Map<ArtifactKind, Path> download(ApiClient api, String failure, Path directory)
            throws IOException, InterruptedException {
        JsonNode view = api.get("/failures/" + failure);
        Files.createDirectories(directory);
        Map<ArtifactKind, Path> files = new EnumMap<>(ArtifactKind.class);
        for (JsonNode artifact : view.path("artifacts")) {
            ArtifactKind kind = ArtifactKind.valueOf(artifact.path("kind").asString());
            Digest digest = new Digest(artifact.path("digest").asString());
            Path file = directory.resolve(kind.fileName());
            if (!Files.isRegularFile(file) || !Digest.of(file).equals(digest)) {
                api.download(artifact.path("url").asString(), digest, file);
            }
            files.put(kind, file);
        }
        return files;
    }

    /**
     * Downloads a failure's bundle and unpacks it, with Debian's {@code tar}.
     *
     * @return the directory that holds it, below {@code parent}
     */
    public static Path bundle(ApiClient api, String failure, Path parent) throws IOException, InterruptedException {
        Files.createDirectories(parent);
        Path packed = Files.createTempFile(parent, "bundle-", ".tar");
        try {
            api.download("/api/v1/failures/" + failure + "/bundle", packed);
            Process tar = new ProcessBuilder(
                            "tar", "--no-same-owner", "-xf", packed.toString(), "-C", parent.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (tar.waitFor() != 0) {
                throw new IOException("tar cannot unpack the bundle: " + said);
            }
        } finally {
            Files.deleteIfExists(packed);
        }
        return parent.resolve("bohrwerk-" + failure);
    }
}
