package io.bohrwerk.blob;

import java.io.InputStream;
import java.util.Random;

/** Many bytes that are nowhere at once, the same ones for the same seed. */
final class GeneratedStream extends InputStream {
    private static final int BLOCK = 1 << 16;

    private final byte[] block = new byte[BLOCK];
    private final long size;
    private long position;

    GeneratedStream(long seed, long size) {
        new Random(seed).nextBytes(block);
        this.size = size;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (position == size) {
            return length == 0 ? 0 : -1;
        }
        int start = (int) (position % BLOCK);
        int read = (int) Math.min(Math.min(length, BLOCK - start), size - position);
        System.arraycopy(block, start, buffer, offset, read);
        position += read;
        return read;
    }
}
