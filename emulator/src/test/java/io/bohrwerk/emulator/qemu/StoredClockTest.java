package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of images that are made up; {@code WhenTest} holds real ones against it. */
class StoredClockTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path directory;

    private static byte[] clock(int version, long bias, long instruction) {
        byte[] name = "timer/icount".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + name.length + Integer.BYTES + 2 * Long.BYTES)
                .put((byte) name.length)
                .put(name)
                .putInt(version)
                .putLong(bias)
                .putLong(instruction)
                .array();
    }

    private Path image(int size, int at, byte[]... clocks) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).position(at);
        for (byte[] clock : clocks) {
            bytes.put(clock);
        }
        return Files.write(directory.resolve("image"), bytes.array());
    }

    @Test
    void holdsTheTimersBack() throws IOException {
        // Wherever it lies, also where it is read in two pieces.
        for (int at : new int[] {0, 70_000, MIB - 20, MIB - 1, 2 * MIB - 33}) {
            Path image = image(2 * MIB, at, clock(1, 500, 77));
            byte[] before = Files.readAllBytes(image);
            long found = StoredClock.find(image, 77);
            assertThat(found).isEqualTo(at + 17);
            StoredClock.holdBack(image, found, 900);
            byte[] after = Files.readAllBytes(image);
            assertThat(ByteBuffer.wrap(after).getLong(at + 17)).isEqualTo(-400);
            ByteBuffer.wrap(after).putLong(at + 17, 500);
            assertThat(after).as("nothing else is changed").isEqualTo(before);
        }
    }

    @Test
    void takesTheOneOfTheInstruction() throws IOException {
        Path image = image(4096, 9, clock(1, 1, 76), clock(1, 2, 77), clock(2, 3, 77));
        assertThat(StoredClock.find(image, 77)).isEqualTo(9 + 33 + 17);
    }

    @Test
    void doesNotGuess() throws IOException {
        assertThatThrownBy(() -> StoredClock.find(image(4096, 0, clock(1, 1, 76)), 77))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not hold its clock");
        assertThatThrownBy(() -> StoredClock.find(image(4096, 0, clock(1, 1, 77), clock(1, 1, 77)), 77))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> StoredClock.find(image(10, 0), 77)).isInstanceOf(IOException.class);
    }
}
