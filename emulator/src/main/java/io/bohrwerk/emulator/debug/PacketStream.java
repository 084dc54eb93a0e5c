package io.bohrwerk.emulator.debug;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Packets over a pair of streams. One thread reads, any may write.
 *
 * <p>Every whole packet is acknowledged with {@code +} and every damaged one refused with {@code -}, until both sides have agreed to
 * leave that out. The other side's acknowledgements are not waited for: the streams lose nothing.
 */
final class PacketStream {
    /** Far more than either side sends: the packet size that is announced is 4096. */
    private static final int LONGEST = 64 << 10;

    private static final int INTERRUPT = 3;

    private final InputStream in;
    private final OutputStream out;
    private volatile boolean acknowledges = true;
    private byte @Nullable [] lastSent;

    PacketStream(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    void stopAcknowledging() {
        acknowledges = false;
    }

    synchronized void send(Packet packet) throws IOException {
        lastSent = packet.isInterrupt() ? packet.raw() : packet.framed();
        out.write(lastSent);
        out.flush();
    }

    /**
     * The next packet, or {@link Packet#INTERRUPT}; null at the end of the stream. What stands between packets is skipped, a packet whose
     * checksum is wrong or that is too long is refused.
     */
    @Nullable
    Packet receive() throws IOException {
        while (true) {
            int c = in.read();
            if (c < 0) {
                return null;
            }
            if (c == INTERRUPT) {
                return Packet.INTERRUPT;
            }
            if (c == '-') {
                sendAgain();
            }
            if (c == '$') {
                Packet packet = rest();
                if (packet != null) {
                    return packet;
                }
            }
        }
    }

    /** What follows the dollar sign; null when it is damaged, or the stream ends. */
    private @Nullable Packet rest() throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int c = in.read();
        while (c >= 0 && c != '#') {
            if (c == '$') {
                payload.reset(); // the start of another: what came before was cut off
            } else if (payload.size() < LONGEST) {
                payload.write(c);
            }
            c = in.read();
        }
        int high = in.read();
        int low = in.read();
        if (low < 0) {
            return null;
        }
        byte[] raw = payload.toByteArray();
        int sum = Character.digit(high, 16) << 4 | Character.digit(low, 16);
        boolean whole = raw.length < LONGEST && sum == Packet.checksum(raw, raw.length);
        if (acknowledges) {
            acknowledge(whole ? '+' : '-');
        }
        return whole ? new Packet(raw) : null;
    }

    private synchronized void acknowledge(int sign) throws IOException {
        out.write(sign);
        out.flush();
    }

    private synchronized void sendAgain() throws IOException {
        if (lastSent != null && acknowledges) {
            out.write(lastSent);
            out.flush();
        }
    }
}
