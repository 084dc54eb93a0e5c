package io.bohrwerk.api.target;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.target.TargetManifest;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** An uploaded bundle. Never changes; its bytes are in the blob store. */
@Entity
@Table(name = "targets")
public class Target {
    @Id
    private String id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private String name;
    private String manifest;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<StoredFile> files;

    private Instant createdAt;

    /** A file of the bundle and the blob that it is. */
    record StoredFile(String name, long size, Digest digest) {}

    @SuppressWarnings("NullAway.Init")
    protected Target() {}

    Target(Digest id, TargetManifest manifest, String yaml, List<StoredFile> files, Instant now) {
        this.id = id.hex();
        this.name = manifest.name();
        this.manifest = yaml;
        this.files = List.copyOf(files);
        this.createdAt = now;
    }

    public Digest id() {
        return new Digest(id);
    }

    long position() {
        return position;
    }

    public String name() {
        return name;
    }

    public TargetManifest manifest() {
        return TargetManifest.parse(manifest);
    }

    List<StoredFile> files() {
        return files;
    }

    Instant createdAt() {
        return createdAt;
    }
}
