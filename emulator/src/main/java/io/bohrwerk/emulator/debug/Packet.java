package io.bohrwerk.emulator.debug;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A packet of gdb's remote protocol: {@code $payload#checksum}.
 *
 * @param raw the payload as it goes over the wire, so that it can be handed on as it came: bytes may be escaped or run-length encoded
 */
record Packet(byte[] raw) {
    /** Not a packet in the protocol's sense: the byte 0x03, by which gdb asks for a stop. */
    static final Packet INTERRUPT = new Packet(new byte[] {3});

    static final Packet OK = of("OK");
    /** The answer to what a server does not know. */
    static final Packet UNKNOWN = of("");

    private static final int ESCAPE = '}';
    private static final int RUN = '*';
    /** A run's length is written as a printable character this far above it. */
    private static final int RUN_BIAS = 29;

    private static final int ESCAPE_MASK = 0x20;

    /** @param payload without characters that need escaping */
    static Packet of(String payload) {
        return new Packet(payload.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Text for the user's terminal. */
    static Packet console(String text) {
        return of("O" + hex(text));
    }

    static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean isInterrupt() {
        return this == INTERRUPT;
    }

    /** The payload with escapes and runs resolved, each byte a character. */
    String text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length);
        int last = 0;
        for (int i = 0; i < raw.length; i++) {
            int c = raw[i] & 0xff;
            if (c == RUN && i > 0 && i + 1 < raw.length) {
                for (int n = (raw[++i] & 0xff) - RUN_BIAS; n > 0; n--) {
                    out.write(last);
                }
                continue;
            }
            if (c == ESCAPE && i + 1 < raw.length) {
                c = (raw[++i] & 0xff) ^ ESCAPE_MASK;
            }
            out.write(c);
            last = c;
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** The bytes of the packet, frame and checksum included. */
    byte[] framed() {
        byte[] bytes = new byte[raw.length + 4];
        bytes[0] = '$';
        System.arraycopy(raw, 0, bytes, 1, raw.length);
        byte[] end = String.format("#%02x", checksum(raw, raw.length)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(end, 0, bytes, raw.length + 1, end.length);
        return bytes;
    }

    static int checksum(byte[] payload, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += payload[i];
        }
        return sum & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Packet packet && Arrays.equals(raw, packet.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return isInterrupt() ? "interrupt" : text();
    }
}
