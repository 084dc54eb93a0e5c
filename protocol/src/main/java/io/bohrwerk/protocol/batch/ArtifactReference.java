package io.bohrwerk.protocol.batch;

import io.bohrwerk.protocol.Digest;

/**
 * A stored artifact.
 *
 * @param size bytes, as stored
 * @param digest of the bytes as stored; the blob's name
 */
public record ArtifactReference(ArtifactKind kind, long size, Digest digest) {}
