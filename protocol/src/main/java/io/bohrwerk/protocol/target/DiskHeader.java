package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Looks whether an image begins as its declared format does, and is complete in itself. */
public final class DiskHeader {
    /** "QFI" and 0xfb: docs/interop/qcow2.txt in QEMU's source, as all that follows on that format. */
    private static final int QCOW2_MAGIC = 0x514649fb;

    private static final int SECTOR = 512;
    /** Of an ISO image's first volume descriptor (ECMA-119, 6.2.1 and 8.1): "CD001" stands in its second byte. */
    private static final int ISO_DESCRIPTOR = 32 << 10;

    private static final byte[] ISO_MARK = "CD001".getBytes(StandardCharsets.US_ASCII);
    private static final long LARGEST_DISK = 1L << 40;

    private DiskHeader() {}

    /**
     * Reads the first 33 KiB at most.
     *
     * @param in the image from its beginning; it is not closed
     * @param size of the image's file in bytes
     * @return the disk's size in bytes, as a guest sees it
     * @throws InvalidInputException when it is not what the manifest says, or needs other files
     */
    public static long check(Disk disk, InputStream in, long size) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(in.readNBytes(ISO_DESCRIPTOR + SECTOR));
        switch (disk.format()) {
            case RAW -> {
                require(
                        size >= SECTOR && size % SECTOR == 0,
                        "boot.disks",
                        disk.file(),
                        "is declared as raw, so its size must be a multiple of " + SECTOR + " bytes; it is " + size);
                require(
                        head.getInt(0) != QCOW2_MAGIC,
                        "boot.disks",
                        disk.file(),
                        "is declared as raw, but begins as a qcow2 image does");
            }
            case QCOW2 -> {
                return qcow2Size(disk.file(), head);
            }
            case ISO ->
                require(
                        head.limit() > ISO_DESCRIPTOR + ISO_MARK.length
                                && head.slice(ISO_DESCRIPTOR + 1, ISO_MARK.length)
                                        .equals(ByteBuffer.wrap(ISO_MARK)),
                        "boot.disks",
                        disk.file(),
                        "is declared as iso, but has no ISO 9660 volume descriptor");
        }
        return size;
    }

    private static long qcow2Size(String file, ByteBuffer head) {
        int version = head.limit() >= 104 && head.getInt(0) == QCOW2_MAGIC ? head.getInt(4) : 0;
        require(
                version == 2 || version == 3,
                "boot.disks",
                file,
                "is declared as qcow2, but has no qcow2 header of version 2 or 3");
        require(
                head.getLong(8) == 0,
                "boot.disks",
                file,
                "must not have a backing file: '" + backing(head) + "' is not in the bundle; qemu-img convert makes one"
                        + " image of both");
        long size = head.getLong(24);
        require(
                size >= SECTOR && size <= LARGEST_DISK,
                "boot.disks",
                file,
                "must be a disk of 512 bytes to 1 TiB; it says " + size);
        require(head.getInt(32) == 0, "boot.disks", file, "must not be encrypted");
        long features = version == 2 ? 0 : head.getLong(72);
        require(
                (features & 4) == 0,
                "boot.disks",
                file,
                "must not have an external data file; qemu-img convert makes one image of both");
        require((features & 2) == 0, "boot.disks", file, "must not be marked as corrupt; try qemu-img check");
        return size;
    }

    /** The backing file's name as the header has it, as far as it lies in what was read. */
    private static String backing(ByteBuffer head) {
        long from = head.getLong(8);
        int length = head.getInt(16);
        if (from < 0 || from > head.limit() || length < 0 || length > head.limit() - from) {
            return "another file";
        }
        return new String(head.array(), (int) from, length, StandardCharsets.UTF_8);
    }
}
