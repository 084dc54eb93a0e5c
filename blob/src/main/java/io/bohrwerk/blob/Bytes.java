package io.bohrwerk.blob;

import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** What every store demands of the bytes that go in and come out. */
final class Bytes {
    private Bytes() {}

    /** Reads the stream to its end and keeps nothing. */
    static void requireDigest(Digest expected, InputStream bytes) throws IOException {
        MessageDigest sha256 = Digest.sha256();
        bytes.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
        requireDigest(expected, Digest.finish(sha256));
    }

    static void requireDigest(Digest expected, Digest actual) throws DigestMismatchException {
        if (!actual.equals(expected)) {
            throw new DigestMismatchException("the bytes' digest is " + actual + ", not " + expected);
        }
    }

    /** @throws IllegalArgumentException unless {@code offset} is from 0 to {@code size} and {@code length} not negative */
    static void requireRange(long offset, long length, long size) {
        if (offset < 0 || length < 0 || offset > size) {
            throw new IllegalArgumentException(
                    "no " + length + " bytes from " + offset + " on in a blob of " + size + " bytes");
        }
    }
}
