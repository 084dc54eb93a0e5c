package io.bohrwerk.api.artifact;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

    /** By what it is: else Hibernate takes every set of them for changed, and writes it and its owner anew whenever it was read. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Artifact one && kind == one.kind && size == one.size && digest.equals(one.digest);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, size, digest);
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
