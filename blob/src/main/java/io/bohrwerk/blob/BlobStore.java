package io.bohrwerk.blob;

import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Bytes under the name of their own digest, and a few small names that point to digests.
 *
 * <p>A blob is there as a whole or not at all, never changes, and may be put any number of times. All methods may be called from many
 * threads and processes at once. Every failure of the store itself is an {@link IOException}, a full one a {@link StoreFullException}.
 */
public interface BlobStore extends AutoCloseable {
    /**
     * Stores a blob while checking it. Streams: needs bounded memory whatever the size. Reads to the end, closes nothing. A blob that is
     * there already counts as stored now, and its bytes are checked all the same.
     *
     * @throws DigestMismatchException when the bytes are others than the digest says; then nothing is stored
     * @throws StoreFullException when there is no room; then nothing is stored
     */
    void put(Digest digest, InputStream bytes) throws IOException;

    /**
     * A part of a blob as a stream, which the caller closes.
     *
     * @param offset of the first byte, from 0 to the blob's size
     * @param length most bytes to give; the stream ends earlier when the blob does
     * @throws NoSuchBlobException when it is not there
     * @throws IllegalArgumentException when the offset is past the end, or one of the two is negative
     */
    InputStream open(Digest digest, long offset, long length) throws IOException;

    /** The whole blob. As {@link #open(Digest, long, long)}. */
    default InputStream open(Digest digest) throws IOException {
        return open(digest, 0, Long.MAX_VALUE);
    }

    /** What is known of a blob, empty when it is not there. */
    Optional<StoredBlob> find(Digest digest) throws IOException;

    /** The blob's size in bytes, empty when it is not there. */
    default OptionalLong size(Digest digest) throws IOException {
        Optional<StoredBlob> found = find(digest);
        return found.isPresent() ? OptionalLong.of(found.get().size()) : OptionalLong.empty();
    }

    /** Takes a blob away; one that is not there is no error. */
    void delete(Digest digest) throws IOException;

    /**
     * Makes a name point to a digest, unless it already points to one: of many callers the first wins.
     *
     * @param name segments of letters, digits, dots, dashes and underscores, divided by {@code /}; none is {@code .} or {@code ..}
     * @throws io.bohrwerk.protocol.InvalidInputException when the name is none, here and in the methods below
     * @return what the name points to now: the given digest or the winner's
     */
    Digest link(String name, Digest digest) throws IOException;

    /** What a name points to. */
    Optional<Digest> resolve(String name) throws IOException;

    /** Takes a name away; one that is not there is no error. */
    void unlink(String name) throws IOException;

    /**
     * A blob that is there.
     *
     * @param size in bytes
     * @param storedAt when it was last put, by the store's clock; a store may be up to an hour behind
     */
    record StoredBlob(Digest digest, long size, Instant storedAt) {}

    /**
     * Tells of every blob, in no order. One that comes or goes during the call may be told of or not. Needs bounded memory; what is no
     * blob is passed over.
     */
    void blobs(Consumer<StoredBlob> told) throws IOException;

    /** Tells of every name and what it points to, as {@link #blobs}. */
    void names(BiConsumer<String, Digest> told) throws IOException;

    /** Asks the store for a sign of life. @throws IOException when it gives none */
    void ping() throws IOException;

    @Override
    void close();
}
