package io.bohrwerk.worker.cache;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** Blobs to and from files of this host. Every byte that comes is checked against its digest. */
public final class BlobFiles {
    private final BlobStore store;

    public BlobFiles(BlobStore store) {
        this.store = store;
    }

    BlobStore store() {
        return store;
    }

    /** @throws DigestMismatchException when the bytes are others; then the file is not to be used */
    public void fetch(Digest digest, Path file) throws IOException {
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = store.open(digest);
                OutputStream out = new DigestOutputStream(
                        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), sha256)) {
            in.transferTo(out);
        }
        check(digest, Digest.finish(sha256));
    }

    /**
     * A small blob's bytes.
     *
     * @param limit a larger blob is refused
     */
    public byte[] fetchSmall(Digest digest, int limit) throws IOException {
        byte[] bytes;
        try (InputStream in = store.open(digest, 0, limit + 1L)) {
            bytes = in.readNBytes(limit + 1);
        }
        if (bytes.length > limit) {
            throw new DigestMismatchException("blob " + digest + " is larger than the " + limit + " bytes it may be");
        }
        check(digest, Digest.of(bytes));
        return bytes;
    }

    public Digest put(Path file) throws IOException {
        Digest digest = Digest.of(file);
        try (InputStream in = Files.newInputStream(file)) {
            store.put(digest, in);
        }
        return digest;
    }

    public ArtifactReference put(ArtifactKind kind, Path file) throws IOException {
        long size = Files.size(file);
        return new ArtifactReference(kind, size, put(file));
    }

    public ArtifactReference put(ArtifactKind kind, byte[] bytes) throws IOException {
        Digest digest = Digest.of(bytes);
        store.put(digest, new ByteArrayInputStream(bytes));
        return new ArtifactReference(kind, bytes.length, digest);
    }

    private static void check(Digest expected, Digest found) throws DigestMismatchException {
        if (!found.equals(expected)) {
            throw new DigestMismatchException("blob " + expected + " is damaged: its bytes have digest " + found);
        }
    }
}
