package io.bohrwerk.protocol.target;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DiskHeaderTest {
    private static final int QCOW2_MAGIC = 0x514649fb;

    private static void check(Disk.Format format, byte[] image, long size) throws Exception {
        DiskHeader.check(new Disk("d.img", format, Disk.Bus.IDE), new ByteArrayInputStream(image), size);
    }

    private static void refuses(Disk.Format format, byte[] image, long size, String message) {
        assertThatThrownBy(() -> check(format, image, size))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("boot.disks: 'd.img' " + message);
    }

    /** A header of version 3 of an image of 1 MiB, with something else in it. */
    private static byte[] qcow2(Consumer<ByteBuffer> change) {
        ByteBuffer image = ByteBuffer.allocate(4096);
        image.putInt(0, QCOW2_MAGIC)
                .putInt(4, 3)
                .putInt(20, 16)
                .putLong(24, 1 << 20)
                .putInt(100, 104);
        change.accept(image);
        return image.array();
    }

    @Test
    void takesWhatIsDeclared() {
        byte[] iso = new byte[34 << 10];
        System.arraycopy("CD001".getBytes(StandardCharsets.US_ASCII), 0, iso, 32769, 5);
        assertThatCode(() -> {
                    check(Disk.Format.RAW, new byte[512], 4L << 30);
                    check(Disk.Format.QCOW2, qcow2(image -> {}), 4096);
                    check(Disk.Format.ISO, iso, iso.length);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void refusesWhatIsNot() {
        refuses(
                Disk.Format.RAW,
                new byte[700],
                700,
                "is declared as raw, so its size must be a multiple of 512 bytes; it is 700");
        refuses(Disk.Format.RAW, qcow2(image -> {}), 4096, "is declared as raw, but begins as a qcow2 image does");
        refuses(
                Disk.Format.QCOW2,
                new byte[4096],
                4096,
                "is declared as qcow2, but has no qcow2 header of version 2 or 3");
        refuses(Disk.Format.QCOW2, new byte[3], 3, "is declared as qcow2, but has no qcow2 header of version 2 or 3");
        refuses(
                Disk.Format.ISO,
                new byte[34 << 10],
                34 << 10,
                "is declared as iso, but has no ISO 9660 volume descriptor");
        refuses(Disk.Format.ISO, new byte[0], 0, "is declared as iso, but has no ISO 9660 volume descriptor");
    }

    @Test
    void refusesImagesThatNeedOtherFiles() {
        refuses(
                Disk.Format.QCOW2,
                qcow2(image -> {
                    image.putLong(8, 512).putInt(16, 11);
                    image.put(512, "/etc/shadow".getBytes(StandardCharsets.US_ASCII));
                }),
                4096,
                "must not have a backing file: '/etc/shadow' is not in the bundle");
        refuses(
                Disk.Format.QCOW2,
                qcow2(image -> image.putLong(8, Long.MAX_VALUE).putInt(16, -1)),
                4096,
                "must not have a backing file: 'another file' is not in the bundle");
        refuses(Disk.Format.QCOW2, qcow2(image -> image.putLong(72, 4)), 4096, "must not have an external data file");
        refuses(Disk.Format.QCOW2, qcow2(image -> image.putInt(32, 2)), 4096, "must not be encrypted");
        refuses(
                Disk.Format.QCOW2,
                qcow2(image -> image.putLong(24, 1L << 50)),
                4096,
                "must be a disk of 512 bytes to 1 TiB");
    }
}
