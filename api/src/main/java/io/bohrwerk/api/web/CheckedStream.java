package io.bohrwerk.api.web;

import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A whole blob, compared with its digest while it is read. Its last bytes are held back until they are known to be right, so who reads damaged
 * ones never gets them all.
 */
final class CheckedStream extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream bytes;
    private final Digest digest;
    private final MessageDigest seen;
    private byte[] given = new byte[0];
    private int position;
    private byte[] held;

    CheckedStream(InputStream bytes, Digest digest) throws IOException {
        this.bytes = bytes;
        this.digest = digest;
        try {
            this.seen = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        this.held = next();
    }

    /** @throws DamagedBlobException when these were the last and the whole is wrong */
    private byte[] next() throws IOException {
        byte[] read = bytes.readNBytes(BUFFER_BYTES);
        seen.update(read);
        if (read.length < BUFFER_BYTES
                && !HexFormat.of().formatHex(seen.digest()).equals(digest.hex())) {
            throw new DamagedBlobException("blob " + digest + " is damaged: its bytes have another digest");
        }
        return read;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (position == given.length) {
            given = held;
            position = 0;
            held = given.length == BUFFER_BYTES ? next() : new byte[0];
            if (given.length == 0) {
                return -1;
            }
        }
        int count = Math.min(length, given.length - position);
        System.arraycopy(given, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
