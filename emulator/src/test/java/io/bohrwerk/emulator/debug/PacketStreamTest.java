package io.bohrwerk.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketStreamTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private List<String> receive(String wire) throws IOException {
        // A byte at a time: a packet may arrive in any number of pieces.
        InputStream in = new ByteArrayInputStream(wire.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(1, length));
            }
        };
        PacketStream stream = new PacketStream(in, sent);
        List<String> packets = new ArrayList<>();
        for (Packet packet = stream.receive(); packet != null; packet = stream.receive()) {
            packets.add(packet.toString());
        }
        return packets;
    }

    private String sent() {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void takesPacketsAndInterrupts() throws Exception {
        assertThat(receive("+$OK#9a+$#00\u0003$g#67")).containsExactly("OK", "", "interrupt", "g");
        assertThat(sent()).isEqualTo("+++");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$OK#9b", "$OK#zz", "$OX#9a", "$OK#9"})
    void refusesWhatIsDamaged(String wire) throws Exception {
        assertThat(receive(wire)).isEmpty();
        assertThat(sent()).doesNotContain("+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "#9a", "GET / HTTP/1.1\r\n\r\n", "$half a pack", "$cut o$cut off"})
    void skipsGarbageAndGoesOn(String garbage) throws Exception {
        assertThat(receive(garbage + "$OK#9a")).contains("OK");
    }

    @ParameterizedTest
    @CsvSource({"'0* ','0000'", "'ab*!c','abbbbbc'", "'}\u0003',#", "'x}\n*\"','x******'"})
    void resolvesRunsAndEscapes(String raw, String text) {
        assertThat(Packet.of(raw).text()).isEqualTo(text);
    }

    @Test
    void framesAndUnframesTheSameBytes() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] raw = new byte[random.nextInt(300)];
            random.nextBytes(raw);
            for (int at = 0; at < raw.length; at++) {
                if (raw[at] == '#' || raw[at] == '$') {
                    raw[at] = 'x'; // senders escape these
                }
            }
            Packet packet = new Packet(raw);
            PacketStream stream = new PacketStream(new ByteArrayInputStream(packet.framed()), sent);
            assertThat(stream.receive()).isEqualTo(packet);
        }
    }

    @Test
    void aPacketWithoutEndIsBounded() throws Exception {
        assertThat(receive("$" + "a".repeat(1 << 20) + "#00$OK#9a")).containsExactly("OK");
        assertThat(sent()).isEqualTo("-+");
    }

    @Test
    void sendsAgainWhenAskedTo() throws Exception {
        PacketStream stream =
                new PacketStream(new ByteArrayInputStream("-$OK#9a".getBytes(StandardCharsets.US_ASCII)), sent);
        stream.send(Packet.of("g"));
        stream.receive();
        assertThat(sent()).isEqualTo("$g#67$g#67+");
    }
}
