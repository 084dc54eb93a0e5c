package io.bohrwerk.api.artifact;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;

/** The row of a stored blob; lives and dies with its failure or replay. */
@Embeddable
public class Artifact {
    @Enumerated(EnumType.STRING)
    private ArtifactKind kind;

    private long size;
    private String digest;

    @SuppressWarnings("NullAway.Init")
    protected Artifact() {}

    public Artifact(ArtifactReference reference) {
        this.kind = reference.kind();
        this.size = reference.size();
        this.digest = reference.digest().hex();
    }

    /** For another owner: a row belongs to one. */
    public Artifact copy() {
        return new Artifact(new ArtifactReference(kind, size, digest()));
    }

    public ArtifactKind kind() {
        return kind;
    }

    /** In bytes, as stored. */
    public long size() {
        return size;
    }

    /** The blob's name. */
    public Digest digest() {
        return new Digest(digest);
    }
}
