package io.bohrwerk.emulator.qemu;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The clock in a stored machine. Under {@code -icount} virtual time is the instruction count, times the length of an instruction, plus a
 * bias; all of the guest's timers are due at points of that time. A smaller bias holds them all back alike, and changes nothing else.
 *
 * <p>QEMU stores the bias in the subsection {@code timer/icount} of a snapshot: the subsection's name behind its length, its version, 1,
 * and then two signed numbers, the bias in nanoseconds and the instruction count, all of them big-endian ({@code icount_vmstate_timers} in
 * {@code softmmu/cpu-timers.c} of QEMU 7.2, {@code system/cpu-timers.c} of 10.0). A qcow2 image holds snapshots uncompressed.
 */
public final class StoredClock {
    private static final String NAME = "timer/icount";
    private static final int VERSION = 1;
    private static final int CHUNK = 1 << 20;
    /**
     * A machine that was stored without being recorded must be below 2<sup>31</sup>, and should have room to run before it gets there. See
     * {@link #rebase}.
     */
    private static final long HIGHEST = 1L << 30;

    private StoredClock() {}

    /**
     * @param instruction the count that the machine was stored at
     * @return where in the image the bias stands
     * @throws IOException when there is not exactly one such clock in it
     */
    public static long find(Path image, long instruction) throws IOException {
        byte[] head = head();
        long found = -1;
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            byte[] chunk = new byte[CHUNK];
            int whole = head.length + 2 * Long.BYTES;
            long from = 0;
            for (int n = read(file, from, chunk); n >= whole; n = read(file, from, chunk)) {
                for (int i = 0; i + whole <= n; i++) {
                    if (chunk[i] == head[0]
                            && Arrays.equals(chunk, i, i + head.length, head, 0, head.length)
                            && ByteBuffer.wrap(chunk).getLong(i + head.length + Long.BYTES) == instruction) {
                        if (found >= 0) {
                            throw new IOException("the snapshot holds its clock twice");
                        }
                        found = from + i + head.length;
                    }
                }
                from += n - whole + 1;
            }
        }
        if (found < 0) {
            throw new IOException("the snapshot does not hold its clock where this emulator is known to store it");
        }
        return found;
    }

    /**
     * Holds a stored machine's timers back.
     *
     * @param at as {@link #find} told
     * @param nanoseconds of virtual time
     */
    public static void holdBack(Path image, long at, long nanoseconds) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(at);
            long bias = file.readLong();
            file.seek(at);
            file.writeLong(bias - nanoseconds);
        } catch (EOFException e) {
            throw new IOException("the image ends before its clock", e);
        }
    }

    /**
     * Lowers the instruction count of a machine that was stored without being recorded, by a multiple of 2<sup>30</sup>, to less than
     * that. The bias takes up the difference, so virtual time is the same to the nanosecond and the guest cannot tell.
     *
     * <p>Such a snapshot lacks QEMU's own section {@code replay}. A process that records or replays from it starts with a count of 0 in
     * {@code replay_state}, and {@code replay_advance_current_icount} takes the difference to the machine's count as a signed 32-bit
     * number: from 2<sup>31</sup> on it is negative, and QEMU aborts; from 2<sup>32</sup> on it is truncated, and no
     * {@code replay-break} is ever reached. A snapshot made while replaying has the section, and does not need this.
     *
     * @param instruction the count that the machine was stored at
     * @param shift the icount shift that it was stored at
     * @return the count that it is stored at now
     * @throws IOException as {@link #find}
     */
    public static long rebase(Path image, long instruction, int shift) throws IOException {
        long lower = instruction % HIGHEST;
        if (lower != instruction) {
            recount(image, instruction, lower, shift);
        }
        return lower;
    }

    /** Stores another instruction count, at the same virtual time. */
    static void recount(Path image, long instruction, long other, int shift) throws IOException {
        long at = find(image, instruction);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(at);
            long bias = file.readLong();
            file.seek(at);
            file.write(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(bias + ((instruction - other) << shift))
                    .putLong(other)
                    .array());
        }
    }

    private static byte[] head() {
        byte[] name = NAME.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + name.length + Integer.BYTES)
                .put((byte) name.length)
                .put(name)
                .putInt(VERSION)
                .array();
    }

    private static int read(RandomAccessFile file, long from, byte[] chunk) throws IOException {
        file.seek(from);
        int n = 0;
        while (n < chunk.length) {
            int more = file.read(chunk, n, chunk.length - n);
            if (more < 0) {
                break;
            }
            n += more;
        }
        return n;
    }
}
