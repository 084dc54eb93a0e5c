package io.bohrwerk.standalone.client;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import java.io.IOException;
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
}
