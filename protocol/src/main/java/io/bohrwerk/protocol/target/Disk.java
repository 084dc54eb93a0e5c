package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A disk image of a target's. It is never written: what the guest writes goes into the machine's own image.
 *
 * @param file a plain name inside the bundle
 * @param format what is in the file. Declared and never guessed: a guest that can write a disk could else make it look like another
 *     format, and read files of the host's through it
 * @param bus on which the guest sees it
 */
public record Disk(String file, Format format, Bus bus) {
    public Disk {
        present(file, "file");
        require(TargetBoot.isPlain(file) && !file.equals(TargetManifest.FILE_NAME), "file", file, TargetBoot.PLAIN);
        present(format, "format");
        require(
                format != Format.ISO || bus == Bus.IDE,
                "bus",
                bus.word(),
                "must be ide for an image of the format iso: it is a CD");
    }

    @JsonCreator
    static Disk of(String file, Format format, @Nullable Bus bus) {
        return new Disk(file, format, bus == null ? Bus.IDE : bus);
    }

    /** Whether the guest may write to it. */
    public boolean writable() {
        return format != Format.ISO;
    }

    /** What is in an image's file. */
    public enum Format {
        /** The disk's bytes. */
        @JsonProperty("raw")
        RAW,
        /** QEMU's own format, complete in this one file. */
        @JsonProperty("qcow2")
        QCOW2,
        /** A CD's bytes (ISO 9660). */
        @JsonProperty("iso")
        ISO
    }

    /** How a disk is attached. */
    public enum Bus {
        /** What every system has a driver for: {@code hda}, {@code sda} or {@code wd0}, and {@code sr0} or {@code cd0}. */
        @JsonProperty("ide")
        IDE("ide"),
        @JsonProperty("virtio")
        VIRTIO("virtio");

        private final String word;

        Bus(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }
}
