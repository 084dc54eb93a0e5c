package io.bohrwerk.api;

import io.bohrwerk.protocol.*;
import io.bohrwerk.protocol.blob.*;
import java.io.*;
import java.util.*;
import java.util.concurrent.*;
import org.springframework.stereotype.Component;

@Component
class MemoryBlobs implements BlobStore {
    private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();

    public void put(Digest digest, InputStream bytes) throws IOException {
        blobs.put(digest, bytes.readAllBytes());
    }

    public InputStream open(Digest digest, long offset, long length) throws IOException {
        byte[] b = blobs.get(digest);
        if (b == null) throw new NoSuchBlobException("no " + digest);
        return new ByteArrayInputStream(b, (int) offset, (int) Math.min(length, b.length - offset));
    }

    public OptionalLong size(Digest digest) {
        byte[] b = blobs.get(digest);
        return b == null ? OptionalLong.empty() : OptionalLong.of(b.length);
    }

    public void delete(Digest digest) {
        blobs.remove(digest);
    }

    public Digest link(String name, Digest digest) {
        return digest;
    }

    public Optional<Digest> resolve(String name) {
        return Optional.empty();
    }

    public void unlink(String name) {}

    public void ping() {}

    public void close() {}
}
