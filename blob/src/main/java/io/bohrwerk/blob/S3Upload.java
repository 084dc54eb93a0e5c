package io.bohrwerk.blob;

import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * One upload of a stream, in parts when it is longer than one. The object becomes visible with the last request, which is sent only
 * when the digest of all bytes is right.
 */
final class S3Upload {
    /** S3 wants at least 5 MiB, and takes 10,000 parts: 78 GiB. Two uploads at once hold two of these. */
    static final int PART_BYTES = 8 << 20;

    private static final int FIRST_BUFFER_BYTES = 64 << 10;

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final MessageDigest sha256 = Digest.sha256();
    private byte[] buffer = new byte[FIRST_BUFFER_BYTES];

    S3Upload(S3Client client, String bucket, String key) {
        this.client = client;
        this.bucket = bucket;
        this.key = key;
    }

    /** @throws DigestMismatchException when the bytes are others; then nothing is stored */
    void run(Digest digest, InputStream bytes) throws IOException {
        int length = fill(bytes);
        if (length == PART_BYTES) {
            inParts(digest, length, bytes);
        } else {
            Bytes.requireDigest(digest, Digest.finish(sha256));
            client.putObject(request -> request.bucket(bucket).key(key), body(length));
        }
    }

    private void inParts(Digest digest, int firstLength, InputStream bytes) throws IOException {
        String upload = client.createMultipartUpload(
                        request -> request.bucket(bucket).key(key))
                .uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (int length = firstLength; length > 0; length = fill(bytes)) {
                int number = parts.size() + 1;
                String tag = client.uploadPart(
                                request -> request.bucket(bucket)
                                        .key(key)
                                        .uploadId(upload)
                                        .partNumber(number),
                                body(length))
                        .eTag();
                parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
            Bytes.requireDigest(digest, Digest.finish(sha256));
            client.completeMultipartUpload(request ->
                    request.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(parts)));
        } catch (IOException | RuntimeException e) {
            abort(upload, e);
            throw e;
        }
    }

    private void abort(String upload, Exception reason) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            // The parts stay until the bucket's lifecycle rule takes them; nobody sees them.
            reason.addSuppressed(e);
        }
    }

    /** Reads up to one part into the buffer, which grows with what there is: most blobs are small. */
    private int fill(InputStream bytes) throws IOException {
        int filled = 0;
        while (filled < PART_BYTES) {
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.min(PART_BYTES, 4 * buffer.length));
            }
            int read = bytes.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        sha256.update(buffer, 0, filled);
        return filled;
    }

    /** Unlike {@code RequestBody.fromBytes} it does not copy. A retry reads it again from the start. */
    private RequestBody body(int length) {
        return RequestBody.fromInputStream(new ByteArrayInputStream(buffer, 0, length), length);
    }
}
