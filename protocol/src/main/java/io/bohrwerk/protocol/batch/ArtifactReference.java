package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.Digest;

/**
 * A stored artifact.
 *
 * @param size bytes, as stored
 * @param digest of the bytes as stored; the blob's name
 */
public record ArtifactReference(ArtifactKind kind, long size, Digest digest) {
    public ArtifactReference {
        present(kind, "kind");
        require(size >= 0, "size", size, "must not be negative");
        present(digest, "digest");
    }
}
