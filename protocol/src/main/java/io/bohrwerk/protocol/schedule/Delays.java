package io.bohrwerk.protocol.schedule;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The delay before an iteration, in instructions, as the agent in the guest computes it too. Golden vectors that both are tested
 * against stand in {@code delays.golden}.
 */
public final class Delays {
    private Delays() {}

    /**
     * @param k position of the iteration in its batch, from 0
     * @return instructions
     * @throws IndexOutOfBoundsException when the schedule lists fewer delays
     */
    public static long before(Schedule schedule, long k) {
        if (!schedule.delays().isEmpty()) {
            return schedule.delays().get(Math.toIntExact(k));
        }
        return of(schedule.delay(), schedule.stride(), schedule.window(), schedule.seed(), k);
    }

    /** The fw_cfg file {@code opt/bohrwerk/delays}: the list, 32 bits each, little-endian; one zero when there is none. */
    public static byte[] file(Schedule schedule) {
        List<Long> list = schedule.delays().isEmpty() ? List.of(0L) : schedule.delays();
        ByteBuffer bytes = ByteBuffer.allocate(list.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        list.forEach(delay -> bytes.putInt((int) (long) delay));
        return bytes.array();
    }

    static long of(long delay, long stride, long window, long seed, long k) {
        if (window == 0) {
            return delay;
        }
        long spread = seed == 0 ? k * stride : splitmix64(seed + k);
        return delay + Long.remainderUnsigned(spread, window);
    }

    /**
     * The output function of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014), with the constants
     * of Stafford's variant 13, as in {@code java.util.SplittableRandom}.
     */
    public static long splitmix64(long x) {
        long z = x + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
