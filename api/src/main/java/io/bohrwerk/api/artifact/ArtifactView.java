package io.bohrwerk.api.artifact;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;

/**
 * An artifact as the API shows it.
 *
 * @param url its path on this server; stable
 */
public record ArtifactView(ArtifactKind kind, String fileName, long size, Digest digest, String url) {
    public static ArtifactView from(Artifact artifact, String url) {
        return new ArtifactView(artifact.kind(), artifact.kind().fileName(), artifact.size(), artifact.digest(), url);
    }
}
