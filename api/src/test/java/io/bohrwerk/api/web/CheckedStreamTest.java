package io.bohrwerk.api.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedStreamTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 300_000})
    void givesWhatIsRightAndNeverAllOfWhatIsDamaged(int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        Digest digest = new Digest(
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        try (CheckedStream whole = new CheckedStream(new ByteArrayInputStream(bytes), digest)) {
            assertThat(whole.readAllBytes()).isEqualTo(bytes);
        }
        byte[] damaged = length == 0 ? new byte[1] : bytes.clone();
        damaged[damaged.length / 2] ^= 1;
        ByteArrayOutputStream given = new ByteArrayOutputStream();
        assertThatThrownBy(() -> copy(damaged, digest, given))
                .isInstanceOf(DamagedBlobException.class)
                .hasMessageContaining("blob " + digest + " is damaged");
        assertThat(given.size()).isLessThan(damaged.length);
    }

    private static void copy(byte[] bytes, Digest digest, ByteArrayOutputStream to) throws IOException {
        try (CheckedStream checked = new CheckedStream(new ByteArrayInputStream(bytes), digest)) {
            checked.transferTo(to);
        }
    }
}
