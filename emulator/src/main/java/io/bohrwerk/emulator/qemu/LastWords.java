package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a process writes to its standard error: its beginning is kept, all of it is read. A pipe, not a file in the machine's directory, where a
 * hostile emulator could put a link or a gigabyte.
 */
final class LastWords {
    private static final int KEPT = 2000;
    /** For the reader to see the end of a process that has ended. */
    private static final long REST_MILLIS = 1000;

    private final byte[] kept = new byte[KEPT];
    private int length;
    private final Thread reader;

    private LastWords(InputStream in) {
        reader = new Thread(() -> read(in), "qemu-stderr");
        reader.setDaemon(true);
        reader.start();
    }

    static LastWords of(Process process) {
        return new LastWords(process.getErrorStream());
    }

    private void read(InputStream in) {
        byte[] buffer = new byte[KEPT];
        try (in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (kept) {
                    int taken = Math.min(n, KEPT - length);
                    System.arraycopy(buffer, 0, kept, length, taken);
                    length += taken;
                }
            }
        } catch (IOException e) {
            // The process was ended from here; what it said until then is there.
            return;
        }
    }

    /** @param ended whether the process is gone: then all of its words are waited for, up to a second */
    String text(boolean ended) {
        if (ended) {
            try {
                reader.join(REST_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        synchronized (kept) {
            return new String(kept, 0, length, StandardCharsets.UTF_8).strip();
        }
    }
}
