package io.bohrwerk.blob;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A blob store in a bucket: blobs under {@code blobs/ab/ab34…}, the name {@code a/b/c} under {@code names/a/b/@c}.
 *
 * <p>Needs a service with conditional writes ({@code If-None-Match: *}), on which names rest; one without is refused when it is opened first. An
 * upload that its process did not live to finish stays as invisible parts: give the bucket a lifecycle rule that aborts incomplete
 * multipart uploads after a day.
 */
public final class S3BlobStore implements BlobStore {
    private static final int LINK_ATTEMPTS = 100;
    /** A blob whose time is older counts as not stored lately: see {@link BlobStore.StoredBlob}. */
    private static final Duration FRESH = Duration.ofHours(1);

    private final S3Client client;
    private final S3Settings settings;
    private final String prefix;

    private S3BlobStore(S3Client client, S3Settings settings) {
        this.client = client;
        this.settings = settings;
        this.prefix = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
    }

    /** Connects, making the bucket when it is missing. @throws IOException when the service does not answer, or will not do */
    public static S3BlobStore open(S3Settings settings) throws IOException {
        S3BlobStore store = new S3BlobStore(S3Clients.make(settings), settings);
        try {
            store.makeBucket();
            store.requireConditionalWrites();
            return store;
        } catch (SdkException e) {
            store.close();
            throw S3Errors.explain("opening the blob store", settings, e);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void makeBucket() {
        try {
            client.headBucket(request -> request.bucket(settings.bucket()));
        } catch (S3Exception e) {
            if (!S3Errors.notFound(e)) {
                throw e;
            }
            try {
                client.createBucket(request -> {
                    request.bucket(settings.bucket());
                    if (settings.endpoint() == null && !settings.region().equals("us-east-1")) {
                        request.createBucketConfiguration(where -> where.locationConstraint(settings.region()));
                    }
                });
            } catch (BucketAlreadyOwnedByYouException another) {
                // Another process was faster.
            }
        }
    }

    /** Some services ignore the condition and overwrite: then two workers would each believe that its snapshot is the one. */
    private void requireConditionalWrites() throws IOException {
        String key = prefix + "conditional-writes";
        boolean first = putIfAbsent(key, "first\n");
        if (first && putIfAbsent(key, "second\n")) {
            throw new IOException(
                    settings + " ignores If-None-Match on PUT; a service with conditional writes is needed");
        }
    }

    @Override
    public void put(Digest digest, InputStream bytes) throws IOException {
        Optional<Instant> storedAt = head(digest).map(HeadObjectResponse::lastModified);
        if (storedAt.isPresent() && storedAt.get().isAfter(Instant.now().minus(FRESH))) {
            Bytes.requireDigest(digest, bytes);
            return;
        }
        // An older one is written over by the same bytes: S3 knows no other way to move its time.
        try {
            new S3Upload(client, settings.bucket(), key(digest)).run(digest, bytes);
        } catch (SdkException e) {
            throw S3Errors.explain("storing " + digest, settings, e);
        }
    }

    @Override
    public InputStream open(Digest digest, long offset, long length) throws IOException {
        if (offset < 0 || length <= 0) {
            return nothing(digest, offset, length);
        }
        // Both ends are inclusive, and an end past the blob's is cut there.
        String range = "bytes=" + offset + "-" + (length > Long.MAX_VALUE - offset ? "" : offset + length - 1);
        boolean whole = offset == 0 && length == Long.MAX_VALUE;
        try {
            return new S3BlobInputStream(client.getObject(request -> {
                request.bucket(settings.bucket()).key(key(digest));
                if (!whole) {
                    request.range(range);
                }
            }));
        } catch (S3Exception e) {
            if (S3Errors.pastTheEnd(e)) {
                return nothing(digest, offset, length);
            }
            throw S3Errors.notFound(e) ? missing(digest) : S3Errors.explain("reading " + digest, settings, e);
        } catch (SdkException e) {
            throw S3Errors.explain("reading " + digest, settings, e);
        }
    }

    /** An empty range, which S3 has no words for. */
    private InputStream nothing(Digest digest, long offset, long length) throws IOException {
        Bytes.requireRange(offset, length, size(digest).orElseThrow(() -> missing(digest)));
        return InputStream.nullInputStream();
    }

    private NoSuchBlobException missing(Digest digest) {
        return new NoSuchBlobException("no blob " + digest + " in " + settings);
    }

    @Override
    public Optional<StoredBlob> find(Digest digest) throws IOException {
        return head(digest).map(head -> new StoredBlob(digest, head.contentLength(), head.lastModified()));
    }

    private Optional<HeadObjectResponse> head(Digest digest) throws IOException {
        try {
            return Optional.of(client.headObject(
                    request -> request.bucket(settings.bucket()).key(key(digest))));
        } catch (S3Exception e) {
            if (S3Errors.notFound(e)) {
                return Optional.empty();
            }
            throw S3Errors.explain("looking for " + digest, settings, e);
        } catch (SdkException e) {
            throw S3Errors.explain("looking for " + digest, settings, e);
        }
    }

    @Override
    public void delete(Digest digest) throws IOException {
        deleteKey(key(digest));
    }

    @Override
    public Digest link(String name, Digest digest) throws IOException {
        String key = key(name);
        try {
            for (int attempt = 1; attempt <= LINK_ATTEMPTS; attempt++) {
                if (putIfAbsent(key, digest.hex() + "\n")) {
                    return digest;
                }
                Optional<Digest> winner = resolve(name);
                if (winner.isPresent()) {
                    return winner.get();
                }
                // Unlinked in between, or the winner is not done yet: try again.
            }
            throw new IOException("linking " + name + " in " + settings + " failed: taken, yet empty, again and again");
        } catch (SdkException e) {
            throw S3Errors.explain("linking " + name, settings, e);
        }
    }

    /** Whether the key was free. */
    private boolean putIfAbsent(String key, String text) {
        try {
            client.putObject(
                    request -> request.bucket(settings.bucket()).key(key).ifNoneMatch("*"),
                    RequestBody.fromString(text));
            return true;
        } catch (S3Exception e) {
            if (S3Errors.taken(e)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public Optional<Digest> resolve(String name) throws IOException {
        String key = key(name);
        try {
            byte[] text = client.getObjectAsBytes(
                            request -> request.bucket(settings.bucket()).key(key))
                    .asByteArrayUnsafe();
            return Optional.of(new Digest(new String(text, StandardCharsets.US_ASCII).strip()));
        } catch (S3Exception e) {
            if (S3Errors.notFound(e)) {
                return Optional.empty();
            }
            throw S3Errors.explain("resolving " + name, settings, e);
        } catch (SdkException e) {
            throw S3Errors.explain("resolving " + name, settings, e);
        } catch (InvalidInputException e) {
            throw new IOException("the name " + name + " in " + settings + " is damaged", e);
        }
    }

    @Override
    public void unlink(String name) throws IOException {
        deleteKey(key(name));
    }

    private void deleteKey(String key) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(settings.bucket()).key(key));
        } catch (SdkException e) {
            throw S3Errors.explain("deleting " + key, settings, e);
        }
    }

    @Override
    public void blobs(Consumer<StoredBlob> told) throws IOException {
        objects("blobs/", (path, object) -> {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (Digest.isOne(name)) {
                told.accept(new StoredBlob(new Digest(name), object.size(), object.lastModified()));
            }
        });
    }

    @Override
    public void names(BiConsumer<String, Digest> told) throws IOException {
        List<String> found = new ArrayList<>();
        objects("names/", (path, object) -> Names.ofPath(path).ifPresent(found::add));
        for (String name : found) {
            resolve(name).ifPresent(digest -> told.accept(name, digest));
        }
    }

    /** @param told the key without prefix and folder, and the object; a page of a thousand is kept at once */
    private void objects(String folder, BiConsumer<String, S3Object> told) throws IOException {
        String start = prefix + folder;
        try {
            client.listObjectsV2Paginator(
                            request -> request.bucket(settings.bucket()).prefix(start))
                    .contents()
                    .forEach(object -> told.accept(object.key().substring(start.length()), object));
        } catch (SdkException e) {
            throw S3Errors.explain("listing " + folder, settings, e);
        }
    }

    @Override
    public void ping() throws IOException {
        try {
            client.headBucket(request -> request.bucket(settings.bucket()));
        } catch (SdkException e) {
            throw S3Errors.explain("asking for a sign of life", settings, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private String key(Digest digest) {
        return prefix + "blobs/" + digest.hex().substring(0, 2) + "/" + digest.hex();
    }

    private String key(String name) {
        return prefix + "names/" + Names.path(name);
    }
}
